package dev.sentinelj.application.worker;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.digest.Sha256;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the owner of a partition remembers between transactions. It changes after a commit only, and
 * is dropped whole when it may be wrong. One owner at a time.
 */
final class PartitionMemory {
  private final WindowTable windows;
  private final SeriesBudget budget;
  private final int maxSets;
  private final Map<SetKey, ResolvedSet> sets = new LinkedHashMap<>(16, 0.75f, true);
  private long lastTickSecond;

  PartitionMemory(WorkerLimits limits) {
    this.windows = new WindowTable(limits.windows(), limits.windowMillis());
    this.budget = new SeriesBudget(limits.seriesPerAgent());
    this.maxSets = limits.sets();
  }

  record SetKey(AgentId agent, Sha256 hash) {}

  Optional<ResolvedSet> set(SetKey key) {
    return Optional.ofNullable(sets.get(key));
  }

  void keep(Map<SetKey, ResolvedSet> resolved) {
    sets.putAll(resolved);
    while (sets.size() > maxSets) {
      sets.remove(sets.keySet().iterator().next());
    }
  }

  WindowTable windows() {
    return windows;
  }

  SeriesBudget budget() {
    return budget;
  }

  /** The last tick read; 0 before the first. */
  long lastTickSecond() {
    return lastTickSecond;
  }

  /** A tick that is not later than the last is ignored. */
  void tick(long second) {
    lastTickSecond = Math.max(lastTickSecond, second);
  }
}
