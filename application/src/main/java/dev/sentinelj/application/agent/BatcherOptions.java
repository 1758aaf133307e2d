package dev.sentinelj.application.agent;

import java.time.Duration;

/**
 * When a batch is closed, and how much may wait for the log.
 *
 * @param maxAge a batch is closed this long after its first reading
 * @param firstMaxAge the same for the first batch of a process, shorter so that somebody who has
 *     just started an agent need not wait to see it work
 * @param maxSamples greatest number of samples, unless one row alone has more
 * @param maxBytes greatest estimated size of a body, unless one row alone is larger; the server's
 *     limit lowers it
 * @param maxWaitingBytes estimated bytes that may wait in memory while the log takes nothing
 */
public record BatcherOptions(
    Duration maxAge, Duration firstMaxAge, int maxSamples, long maxBytes, long maxWaitingBytes) {
  public static final BatcherOptions DEFAULT =
      new BatcherOptions(
          Duration.ofSeconds(10), Duration.ofSeconds(1), 10_000, 256 << 10, 4L << 20);
}
