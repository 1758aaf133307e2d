/** What the use cases need from outside, one question per port. */
@NullMarked
package dev.sentinelj.ports.driven;

import org.jspecify.annotations.NullMarked;
