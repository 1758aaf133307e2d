package dev.sentinelj.core.window;

import java.util.Arrays;

/**
 * Count, minimum, maximum, mean, last value and sum of one series over a sliding span of event
 * time.
 *
 * <p>The window ends at the newest sample it was given. A sample enters only while the window
 * covers its time, however late it arrives. What {@link #statsAt} says depends on nothing but the
 * samples inside and the order in which they came, so a window that was built again from the
 * journal says the same.
 *
 * <p>Undoing: whoever may have to take samples back keeps a {@link #copy} made before the first of
 * them and returns to it.
 *
 * <p>Not thread safe: one strand owns one window.
 */
public final class RollingWindow {

  /*
   * The span is cut into at most SLOTS buckets held in two primitive arrays, so adding a sample
   * touches one place in each and allocates nothing. A bucket is addressed by (bucket number mod
   * slots) and carries the number it was last written under; a stale number marks it as empty. Expiry
   * therefore costs nothing until the slot is used again or read, and nothing is ever subtracted, so no
   * rounding error outlives its sample. The price is precision: a sample may leave the window up to
   * two buckets early, never late.
   */
  private static final int SLOTS = 64;

  private static final long EMPTY = Long.MIN_VALUE;

  private static final int LONGS = 3;
  private static final int NUMBER = 0;
  private static final int COUNT = 1;
  private static final int LAST_TIME = 2;

  private static final int DOUBLES = 4;
  private static final int SUM = 0;
  private static final int MIN = 1;
  private static final int MAX = 2;
  private static final int LAST = 3;

  private final long bucketMillis;
  private final int buckets;
  private final long[] longs;
  private final double[] doubles;
  private long newest = EMPTY;
  private long newestStart;

  /**
   * @param spanMillis how long a sample stays, at least 1
   */
  public RollingWindow(long spanMillis) {
    if (spanMillis < 1) {
      throw new IllegalArgumentException("a window spans at least 1 ms, not " + spanMillis);
    }
    this.bucketMillis = Math.ceilDiv(spanMillis, SLOTS);
    this.buckets = (int) (spanMillis / bucketMillis);
    this.longs = new long[LONGS * SLOTS];
    this.doubles = new double[DOUBLES * SLOTS];
    Arrays.fill(longs, EMPTY);
  }

  private RollingWindow(RollingWindow other) {
    this.bucketMillis = other.bucketMillis;
    this.buckets = other.buckets;
    this.longs = other.longs.clone();
    this.doubles = other.doubles.clone();
    this.newest = other.newest;
    this.newestStart = other.newestStart;
  }

  /**
   * Adds a sample; one that is newer than all others moves the window.
   *
   * @param value anything but NaN and infinities, which do not enter
   * @return whether it entered
   */
  public boolean add(long epochMillis, double value) {
    if (!Double.isFinite(value)) {
      return false;
    }
    long sinceStart = epochMillis - newestStart;
    boolean inNewest = newest != EMPTY && sinceStart >= 0 && sinceStart < bucketMillis;
    long number = inNewest ? newest : Math.floorDiv(epochMillis, bucketMillis);
    if (newest == EMPTY || number > newest) {
      newest = number;
      newestStart = number * bucketMillis;
    } else if (number <= newest - buckets) {
      return false;
    }
    put(number, epochMillis, value);
    return true;
  }

  /**
   * What the window holds when it ends at {@code nowMillis}, or at its newest sample if that is
   * later: a window never moves back.
   */
  public WindowStats statsAt(long nowMillis) {
    if (newest == EMPTY) {
      return WindowStats.EMPTY;
    }
    long end = Math.max(newest, Math.floorDiv(nowMillis, bucketMillis));
    long count = 0;
    double sum = 0;
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    double last = 0;
    for (long number = end - buckets + 1; number <= newest; number++) {
      int slot = slot(number);
      if (longs[LONGS * slot + NUMBER] == number) {
        int at = DOUBLES * slot;
        count += longs[LONGS * slot + COUNT];
        sum += doubles[at + SUM];
        min = Math.min(min, doubles[at + MIN]);
        max = Math.max(max, doubles[at + MAX]);
        last = doubles[at + LAST];
      }
    }
    return count == 0
        ? WindowStats.EMPTY
        : new WindowStats(count, min, max, sum / count, last, sum);
  }

  /** A window with the same content that goes its own way: 3.6 kB, two array copies. */
  public RollingWindow copy() {
    return new RollingWindow(this);
  }

  private void put(long number, long epochMillis, double value) {
    int slot = slot(number);
    int head = LONGS * slot;
    int at = DOUBLES * slot;
    if (longs[head + NUMBER] != number) {
      longs[head + NUMBER] = number;
      longs[head + COUNT] = 1;
      longs[head + LAST_TIME] = epochMillis;
      doubles[at + SUM] = value;
      doubles[at + MIN] = value;
      doubles[at + MAX] = value;
      doubles[at + LAST] = value;
      return;
    }
    longs[head + COUNT]++;
    doubles[at + SUM] += value;
    doubles[at + MIN] = Math.min(doubles[at + MIN], value);
    doubles[at + MAX] = Math.max(doubles[at + MAX], value);
    if (epochMillis >= longs[head + LAST_TIME]) {
      longs[head + LAST_TIME] = epochMillis;
      doubles[at + LAST] = value;
    }
  }

  private static int slot(long number) {
    return (int) (number & (SLOTS - 1));
  }
}
