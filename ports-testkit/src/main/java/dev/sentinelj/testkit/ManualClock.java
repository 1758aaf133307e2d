package dev.sentinelj.testkit;

import dev.sentinelj.core.time.Now;

/** Both clocks of a process, moved by hand. Not thread safe. */
public final class ManualClock {
  /** Where the wall clock stands at first: 2025-01-01T00:00:00Z. */
  public static final long START_MILLIS = 1_735_689_600_000L;

  private long wallMillis;
  private long monotonicNanos;

  public ManualClock() {
    this(START_MILLIS);
  }

  public ManualClock(long wallMillis) {
    this.wallMillis = wallMillis;
  }

  public long wallMillis() {
    return wallMillis;
  }

  public long monotonicNanos() {
    return monotonicNanos;
  }

  public Now now() {
    return new Now(wallMillis, monotonicNanos);
  }

  /** Time passes, on both clocks. */
  public void advance(long millis) {
    if (millis < 0) {
      throw new IllegalArgumentException("time does not run backwards: " + millis);
    }
    wallMillis += millis;
    monotonicNanos += millis * 1_000_000;
  }

  /** The wall clock is set, either way; no time passes. */
  public void setWall(long millis) {
    wallMillis = millis;
  }
}
