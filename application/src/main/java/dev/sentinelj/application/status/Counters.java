package dev.sentinelj.application.status;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Totals by name since the process started; names are chosen by the code, never by input. Thread
 * safe.
 */
public final class Counters {
  private final Map<String, LongAdder> totals = new ConcurrentHashMap<>();

  public void increment(String name) {
    add(name, 1);
  }

  public void add(String name, long count) {
    totals.computeIfAbsent(name, _ -> new LongAdder()).add(count);
  }

  /** The total under {@code name}; 0 when nothing was counted. */
  public long total(String name) {
    LongAdder total = totals.get(name);
    return total == null ? 0 : total.sum();
  }

  /** A copy, by name. */
  public Map<String, Long> snapshot() {
    Map<String, Long> copy = new TreeMap<>();
    totals.forEach((name, total) -> copy.put(name, total.sum()));
    return copy;
  }
}
