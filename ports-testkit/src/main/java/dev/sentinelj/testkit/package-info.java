/** Contracts that every adapter of a port must pass, and what tests share. */
@NullMarked
package dev.sentinelj.testkit;

import org.jspecify.annotations.NullMarked;
