/**
 * What identifies a batch, what its header says, and the batch as it is signed once and travels.
 */
@NullMarked
package dev.sentinelj.core.batch;

import org.jspecify.annotations.NullMarked;
