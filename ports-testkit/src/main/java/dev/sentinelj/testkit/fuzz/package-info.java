/** Damaged input by the million, from a seed, and what it cost. */
@NullMarked
package dev.sentinelj.testkit.fuzz;

import org.jspecify.annotations.NullMarked;
