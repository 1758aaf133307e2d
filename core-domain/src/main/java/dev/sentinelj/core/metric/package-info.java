/** Metric types, series and ordered sets of series. */
@NullMarked
package dev.sentinelj.core.metric;

import org.jspecify.annotations.NullMarked;
