/** The two clocks a use case is told about. */
@NullMarked
package dev.sentinelj.core.time;

import org.jspecify.annotations.NullMarked;
