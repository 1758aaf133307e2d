package dev.sentinelj.application.worker;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.metric.Series;
import dev.sentinelj.core.metric.SeriesSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * How many distinct series each agent may have stored, so that one agent with labels without end
 * takes neither memory nor rows from the others. Counted since this memory of the partition was
 * made; a series without a sample for {@link #MEMORY_MILLIS} makes room for another. One owner.
 */
final class SeriesBudget {
  /** After so long without a sample a series no longer counts. */
  static final long MEMORY_MILLIS = 24L * 3_600_000;

  private final int limit;
  private final Map<AgentId, Map<Series, Long>> lastUse = new HashMap<>();

  SeriesBudget(int limit) {
    this.limit = limit;
  }

  /**
   * The columns of {@code set} that fit, ascending, behind what {@code staged} admitted already.
   * Changes {@code staged} only; {@link #merge} makes it count.
   */
  int[] admit(AgentId agent, SeriesSet set, Staged staged, long nowMillis) {
    Map<Series, Long> known = lastUse.getOrDefault(agent, Map.of());
    Set<Series> fresh = staged.admitted.computeIfAbsent(agent, _ -> new HashSet<>());
    int free = limit - known.size();
    long room = free + (free >= set.size() ? 0 : stale(known, nowMillis));
    return IntStream.range(0, set.size())
        .filter(column -> {
          Series series = set.series().get(column);
          return known.containsKey(series)
              || fresh.contains(series)
              || (fresh.size() < room && fresh.add(series));
        })
        .toArray();
  }

  /** Makes what a committed transaction admitted count. */
  void merge(Staged staged, long nowMillis) {
    staged.admitted.forEach((agent, series) -> {
      Map<Series, Long> known = lastUse.computeIfAbsent(agent, _ -> new HashMap<>());
      if (known.size() + series.size() > limit) {
        known.values().removeIf(last -> nowMillis - last > MEMORY_MILLIS);
      }
      series.forEach(one -> known.put(one, nowMillis));
    });
  }

  /** Notes that these columns of {@code set} have samples. */
  void touch(AgentId agent, SeriesSet set, int[] columns, long nowMillis) {
    Map<Series, Long> known = lastUse.computeIfAbsent(agent, _ -> new HashMap<>());
    for (int column : columns) {
      known.replace(set.series().get(column), nowMillis);
    }
  }

  private static long stale(Map<Series, Long> known, long nowMillis) {
    return known.values().stream().filter(last -> nowMillis - last > MEMORY_MILLIS).count();
  }

  /** Series admitted while a transaction runs. */
  static final class Staged {
    private final Map<AgentId, Set<Series>> admitted = new HashMap<>();
  }
}
