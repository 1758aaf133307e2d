/** Named places where a test may let a process die or fail. */
@NullMarked
package dev.sentinelj.core.failpoint;

import org.jspecify.annotations.NullMarked;
