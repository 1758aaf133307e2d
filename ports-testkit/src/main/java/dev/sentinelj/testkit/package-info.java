/** What every adapter of a port must pass, and the sample data these tests use. */
@NullMarked
package dev.sentinelj.testkit;

import org.jspecify.annotations.NullMarked;
