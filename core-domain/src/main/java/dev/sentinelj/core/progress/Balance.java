package dev.sentinelj.core.progress;

import java.util.stream.LongStream;

/**
 * Running counts of samples of one epoch. With nothing in flight, {@code collected = stored +
 * quarantined + lost + overflow + moved}; what is left over is {@link #unaccounted()}. Sums stop at
 * the ends of a long, as {@link Counts} says.
 *
 * @param collected the agent's own signed count: the greatest {@code sample_to} committed outside
 *     torn losses, and {@code torn}
 * @param stored rows written
 * @param quarantined samples kept aside with a reason
 * @param lost samples named by loss records that no row contradicts
 * @param overflow samples above a series budget, counted and not kept
 * @param moved samples that live on under another epoch, which counts them
 * @param torn samples of committed seqs that the agent took for torn: its count goes on without
 *     them
 */
public record Balance(
    long collected,
    long stored,
    long quarantined,
    long lost,
    long overflow,
    long moved,
    long torn) {
  public static final Balance ZERO = new Balance(0, 0, 0, 0, 0, 0, 0);

  /** A balance without torn seqs. */
  public Balance(
      long collected, long stored, long quarantined, long lost, long overflow, long moved) {
    this(collected, stored, quarantined, lost, overflow, moved, 0);
  }

  /** A balance of which nothing moved. */
  public Balance(long collected, long stored, long quarantined, long lost, long overflow) {
    this(collected, stored, quarantined, lost, overflow, 0);
  }

  /** Everything that became of the samples: what {@code collected} has to be. */
  public long explained() {
    return Counts.sum(LongStream.of(stored, quarantined, lost, overflow, moved));
  }

  public long unaccounted() {
    return Counts.minus(collected, explained());
  }

  public Balance plus(Balance delta) {
    long inTorn = Counts.plus(torn, delta.torn);
    return new Balance(
        Counts.plus(Math.max(outsideTorn(), delta.outsideTorn()), inTorn),
        Counts.plus(stored, delta.stored),
        Counts.plus(quarantined, delta.quarantined),
        Counts.plus(lost, delta.lost),
        Counts.plus(overflow, delta.overflow),
        Counts.plus(moved, delta.moved),
        inTorn);
  }

  private long outsideTorn() {
    return Counts.minus(collected, torn);
  }

  public Balance withStored(long now) {
    return new Balance(collected, now, quarantined, lost, overflow, moved, torn);
  }

  public Balance withQuarantined(long now) {
    return new Balance(collected, stored, now, lost, overflow, moved, torn);
  }

  public Balance withLost(long now) {
    return new Balance(collected, stored, quarantined, now, overflow, moved, torn);
  }

  public Balance withOverflow(long now) {
    return new Balance(collected, stored, quarantined, lost, now, moved, torn);
  }

  public Balance withMoved(long now) {
    return new Balance(collected, stored, quarantined, lost, overflow, now, torn);
  }

  /** The same with another count of what was collected. */
  public Balance withCollected(long now) {
    return new Balance(now, stored, quarantined, lost, overflow, moved, torn);
  }

  /**
   * The same, counted anew.
   *
   * @param greatest the greatest {@code sample_to} committed outside torn losses
   */
  public Balance recounted(long greatest, long inTorn) {
    long now = Counts.plus(greatest, inTorn);
    return new Balance(now, stored, quarantined, lost, overflow, moved, inTorn);
  }
}
