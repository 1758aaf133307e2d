/** How records and segments of a log stand in bytes, and how they are found again after damage. */
@NullMarked
package dev.sentinelj.core.wal;

import org.jspecify.annotations.NullMarked;
