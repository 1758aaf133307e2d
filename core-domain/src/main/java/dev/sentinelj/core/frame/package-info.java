/** The message of the bus: signed batches of one partition and lane, or a tick of time. */
@NullMarked
package dev.sentinelj.core.frame;

import org.jspecify.annotations.NullMarked;
