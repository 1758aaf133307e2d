/** Judges from the raw tables of a database whether every sample is accounted for. */
@NullMarked
package dev.sentinelj.auditor;

import org.jspecify.annotations.NullMarked;
