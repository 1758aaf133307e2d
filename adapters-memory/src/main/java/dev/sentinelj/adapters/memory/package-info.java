/** Reference adapters: every port in memory, passing the same contracts as the real ones. */
@NullMarked
package dev.sentinelj.adapters.memory;

import org.jspecify.annotations.NullMarked;
