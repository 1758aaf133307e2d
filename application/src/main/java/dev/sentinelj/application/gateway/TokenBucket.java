package dev.sentinelj.application.gateway;

import dev.sentinelj.core.time.Now;

/** Lets so many through per second, with a burst of one second's worth. Thread safe. */
final class TokenBucket {
  private final double perSecond;
  private double tokens;
  private long lastNanos;
  private boolean started;

  TokenBucket(double perSecond) {
    this.perSecond = perSecond;
    this.tokens = perSecond;
  }

  synchronized boolean tryTake(Now now) {
    refill(now.monotonicNanos());
    if (tokens < 1) {
      return false;
    }
    tokens--;
    return true;
  }

  private void refill(long nanos) {
    if (started && nanos > lastNanos) {
      tokens = Math.min(perSecond, tokens + (nanos - lastNanos) * perSecond / 1e9);
    }
    if (!started || nanos > lastNanos) {
      lastNanos = nanos;
      started = true;
    }
  }
}
