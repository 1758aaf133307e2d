/** The worker as a process: strands over the partitions of the bus, a thread each. */
@NullMarked
package dev.sentinelj.runners.worker;

import org.jspecify.annotations.NullMarked;
