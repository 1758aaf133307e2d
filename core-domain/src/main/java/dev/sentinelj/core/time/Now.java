package dev.sentinelj.core.time;

/**
 * One reading of both clocks, passed to whatever decides by time.
 *
 * @param wallMillis milliseconds since the Unix epoch; may jump either way, so it stamps and never
 *     measures
 * @param monotonicNanos nanoseconds since an arbitrary origin of this process; never goes back, so
 *     it measures and never stamps
 */
public record Now(long wallMillis, long monotonicNanos) {

  /** The reading {@code millis} later on both clocks. */
  public Now plusMillis(long millis) {
    return new Now(wallMillis + millis, monotonicNanos + millis * 1_000_000);
  }

  /** Milliseconds from {@code earlier} to this, by the monotonic clock. */
  public long millisSince(Now earlier) {
    return (monotonicNanos - earlier.monotonicNanos) / 1_000_000;
  }
}
