/** Statistics of one series over a sliding span of event time. */
@NullMarked
package dev.sentinelj.core.window;

import org.jspecify.annotations.NullMarked;
