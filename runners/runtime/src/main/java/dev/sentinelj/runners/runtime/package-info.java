/**
 * What every runner needs around the use cases: threads, clocks, settings, counters and an orderly
 * end.
 */
@NullMarked
package dev.sentinelj.runners.runtime;

import org.jspecify.annotations.NullMarked;
