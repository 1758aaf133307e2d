package dev.sentinelj.core.progress;

/**
 * Running counts of samples of one epoch. With nothing in flight, {@code collected = stored +
 * quarantined + lost + overflow + moved}; what is left over is {@link #unaccounted()}.
 *
 * @param collected the agent's own signed count: the greatest {@code sample_to} committed
 * @param stored rows written
 * @param quarantined samples kept aside with a reason
 * @param lost samples named by loss records that no row contradicts
 * @param overflow samples above a series budget, counted and not kept
 * @param moved samples that live on under another epoch, which counts them
 */
public record Balance(
    long collected, long stored, long quarantined, long lost, long overflow, long moved) {
  public static final Balance ZERO = new Balance(0, 0, 0, 0, 0, 0);

  /** A balance of which nothing moved. */
  public Balance(long collected, long stored, long quarantined, long lost, long overflow) {
    this(collected, stored, quarantined, lost, overflow, 0);
  }

  /** Everything that became of the samples: what {@code collected} has to be. */
  public long explained() {
    return stored + quarantined + lost + overflow + moved;
  }

  public long unaccounted() {
    return collected - explained();
  }

  public Balance plus(Balance delta) {
    return new Balance(
        Math.max(collected, delta.collected),
        stored + delta.stored,
        quarantined + delta.quarantined,
        lost + delta.lost,
        overflow + delta.overflow,
        moved + delta.moved);
  }

  /** The same with another count of what was collected. */
  public Balance withCollected(long now) {
    return new Balance(now, stored, quarantined, lost, overflow, moved);
  }
}
