/** SHA-256 values. */
@NullMarked
package dev.sentinelj.core.digest;

import org.jspecify.annotations.NullMarked;
