/** A world of processes, clocks and links in one thread, where everything follows from one seed. */
@NullMarked
package dev.sentinelj.testkit.sim;

import org.jspecify.annotations.NullMarked;
