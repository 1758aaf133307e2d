package dev.sentinelj.application.worker;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.digest.Sha256;
import java.util.Iterator;
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
  private final int maxSetSeries;
  private final Map<SetKey, ResolvedSet> sets = new LinkedHashMap<>(16, 0.75f, true);
  private long setSeries;
  private long lastTickSecond;

  PartitionMemory(WorkerLimits limits) {
    this.windows = new WindowTable(limits.windows(), limits.windowMillis());
    this.budget = new SeriesBudget(limits.seriesPerAgent());
    this.maxSetSeries = limits.setSeries();
  }

  record SetKey(AgentId agent, Sha256 hash) {}

  Optional<ResolvedSet> set(SetKey key) {
    return Optional.ofNullable(sets.get(key));
  }

  /** Whether the agent is known to have brought the definition. */
  boolean brought(SetKey key) {
    return set(key).filter(ResolvedSet::brought).isPresent();
  }

  void noteBrought(SetKey key) {
    set(key).ifPresent(ResolvedSet::noteBrought);
  }

  /** What was used longest ago goes when the sets together have too many series. */
  void keep(Map<SetKey, ResolvedSet> resolved) {
    resolved.forEach((key, set) -> {
      ResolvedSet former = sets.put(key, set);
      setSeries += set.set().size() - (former == null ? 0 : former.set().size());
    });
    Iterator<ResolvedSet> oldest = sets.values().iterator();
    while (setSeries > maxSetSeries && oldest.hasNext()) {
      setSeries -= oldest.next().set().size();
      oldest.remove();
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
