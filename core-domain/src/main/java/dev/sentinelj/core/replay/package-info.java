/** The window around the time of sending, and the short memory of what was answered. */
@NullMarked
package dev.sentinelj.core.replay;

import org.jspecify.annotations.NullMarked;
