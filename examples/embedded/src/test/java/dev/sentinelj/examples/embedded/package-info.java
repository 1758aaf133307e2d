/** Runs the example by a clock that is moved by hand. */
@NullMarked
package dev.sentinelj.examples.embedded;

import org.jspecify.annotations.NullMarked;
