/** Adapters that keep everything in memory: the executable meaning of the driven ports. */
@NullMarked
package dev.sentinelj.adapters.memory;

import org.jspecify.annotations.NullMarked;
