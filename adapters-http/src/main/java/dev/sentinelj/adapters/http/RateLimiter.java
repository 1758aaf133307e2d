package dev.sentinelj.adapters.http;

import dev.sentinelj.core.time.Now;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A token bucket per key. Remembers the keys used last, up to a limit; a forgotten one starts full.
 * Thread safe.
 */
final class RateLimiter {
  private final int burst;
  private final double refillSeconds;
  private final Map<String, Bucket> buckets;

  private record Bucket(double tokens, long atNanos) {}

  /**
   * @param burst calls that go through at once
   * @param refillSeconds time after which one more does
   */
  RateLimiter(int burst, double refillSeconds, int maxKeys) {
    this.burst = burst;
    this.refillSeconds = refillSeconds;
    this.buckets =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
            return size() > maxKeys;
          }
        };
  }

  /**
   * Takes a token of {@code key}.
   *
   * @return 0 when there was one, else the whole seconds until there is
   */
  synchronized long take(String key, Now now) {
    Bucket known = buckets.getOrDefault(key, new Bucket(burst, now.monotonicNanos()));
    double seconds = Math.max(0, (now.monotonicNanos() - known.atNanos()) / 1e9);
    double tokens = Math.min(burst, known.tokens() + seconds / refillSeconds);
    boolean through = tokens >= 1;
    buckets.put(key, new Bucket(through ? tokens - 1 : tokens, now.monotonicNanos()));
    return through ? 0 : Math.max(1, (long) Math.ceil((1 - tokens) * refillSeconds));
  }
}
