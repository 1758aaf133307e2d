package dev.sentinelj.application.access;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes guessing slow: after {@value #FREE_FAILURES} failures under one name, each within a minute
 * of the one before, the name is refused for a delay that doubles with every further failure.
 *
 * <p>Bounded: beyond {@value #MAX_NAMES} names the one that failed the longest ago is forgotten.
 * Thread safe.
 */
final class Throttle {
  static final int FREE_FAILURES = 5;
  static final int MAX_NAMES = 10_000;
  static final long MEMORY_MILLIS = 60_000;
  static final long FIRST_DELAY_MILLIS = 1_000;
  static final long MAX_DELAY_MILLIS = 300_000;

  private final Map<String, Failures> failures = new LinkedHashMap<>();

  private record Failures(int count, long lastMillis, long refusedUntilMillis) {}

  synchronized boolean refuses(String name, long nowMillis) {
    Failures past = failures.get(name);
    return past != null && nowMillis < past.refusedUntilMillis;
  }

  synchronized void failed(String name, long nowMillis) {
    int count = countAfter(failures.remove(name), nowMillis);
    failures.put(name, new Failures(count, nowMillis, nowMillis + delayMillis(count)));
    if (failures.size() > MAX_NAMES) {
      failures.remove(failures.keySet().iterator().next());
    }
  }

  synchronized void succeeded(String name) {
    failures.remove(name);
  }

  private static int countAfter(@Nullable Failures past, long nowMillis) {
    boolean forgotten =
        past == null
            || nowMillis - Math.max(past.lastMillis, past.refusedUntilMillis) > MEMORY_MILLIS;
    return past == null || forgotten ? 1 : past.count + 1;
  }

  private static long delayMillis(int count) {
    if (count < FREE_FAILURES) {
      return 0;
    }
    int doublings = Math.min(count - FREE_FAILURES, 20);
    return Math.min(MAX_DELAY_MILLIS, FIRST_DELAY_MILLIS << doublings);
  }
}
