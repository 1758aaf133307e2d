/** Columns of samples and their compact encoding. */
@NullMarked
package dev.sentinelj.core.block;

import org.jspecify.annotations.NullMarked;
