package dev.sentinelj.core.progress;

/**
 * Running counts of samples of one epoch. With nothing in flight, {@code collected = stored +
 * quarantined + lost + overflow}; what is left over is {@link #unaccounted()}.
 *
 * @param collected the agent's own signed count: the greatest {@code sample_to} committed
 * @param stored rows written
 * @param quarantined samples kept aside with a reason
 * @param lost samples named by loss records that no row contradicts
 * @param overflow samples above a series budget, counted and not kept
 */
public record Balance(long collected, long stored, long quarantined, long lost, long overflow) {
  public static final Balance ZERO = new Balance(0, 0, 0, 0, 0);

  public long unaccounted() {
    return collected - stored - quarantined - lost - overflow;
  }

  public Balance plus(Balance delta) {
    return new Balance(
        Math.max(collected, delta.collected),
        stored + delta.stored,
        quarantined + delta.quarantined,
        lost + delta.lost,
        overflow + delta.overflow);
  }
}
