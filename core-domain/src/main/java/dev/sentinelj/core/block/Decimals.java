package dev.sentinelj.core.block;

/** Doubles that are a whole number over a power of ten: what meters and people write. */
final class Decimals {
  static final int MAX_SCALE = 9;

  /** Not a scale: some value is no such number. */
  static final int NONE = -1;

  /** Up to here every whole number is a double. */
  static final long MAX_WHOLE = 1L << 53;

  private static final double[] POWERS = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};

  private Decimals() {}

  static double value(long whole, int scale) {
    return whole / POWERS[scale];
  }

  /**
   * Fills {@code wholes} with the first {@code count} values times a power of ten.
   *
   * @return the smallest scale at which all come back bit by bit, or {@link #NONE}
   */
  static int wholes(double[] values, int count, long[] wholes) {
    int scale = 0;
    for (int i = 0; i < count; i++) {
      while (!exact(values[i], scale)) {
        scale++;
        if (scale > MAX_SCALE) {
          return NONE;
        }
      }
    }
    return fill(values, count, wholes, scale) ? scale : NONE;
  }

  /* What is exact at one scale is exact at the next too, unless the whole number grows too large. */
  private static boolean fill(double[] values, int count, long[] wholes, int scale) {
    for (int i = 0; i < count; i++) {
      if (!exact(values[i], scale)) {
        return false;
      }
      wholes[i] = whole(values[i], scale);
    }
    return true;
  }

  private static boolean exact(double value, int scale) {
    long whole = whole(value, scale);
    return whole >= -MAX_WHOLE
        && whole <= MAX_WHOLE
        && Double.doubleToRawLongBits(value(whole, scale)) == Double.doubleToRawLongBits(value);
  }

  private static long whole(double value, int scale) {
    return (long) Math.rint(value * POWERS[scale]);
  }
}
