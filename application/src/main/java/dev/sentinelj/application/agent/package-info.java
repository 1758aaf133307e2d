/**
 * What an agent does: reads its sources in time, signs what they say, and ships it until it is
 * stored.
 */
@NullMarked
package dev.sentinelj.application.agent;

import org.jspecify.annotations.NullMarked;
