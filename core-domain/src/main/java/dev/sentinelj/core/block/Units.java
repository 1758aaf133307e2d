package dev.sentinelj.core.block;

/**
 * Doubles as whole numbers of a unit, which is a power of ten or of two and fits into a byte: 0 to
 * 9 for n / 10^unit, what meters and people write; 64 to 191 for n * 2^(unit - 128), which is what
 * pages, sectors and fixed-point numbers are. |n| is at most 2^53, so that the one rounded division
 * or the exact product mean the same in every language.
 */
final class Units {
  static final int WHOLE = 0;
  static final int MAX_SCALE = 9;
  static final int MIN_BINARY = 64;
  static final int MAX_BINARY = 191;

  /** Not a unit: some value is no whole number of any. */
  static final int NONE = -1;

  /** Up to here every whole number is a double. */
  static final long MAX_WHOLE = 1L << 53;

  private static final int BINARY_BIAS = 128;
  private static final int MANTISSA_BITS = 52;

  /** One multiple of so many bits takes as much as the double. */
  private static final int WORTH_BITS = 42;

  private static final double[] POWERS = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};

  private Units() {}

  static boolean known(int unit) {
    return (unit >= WHOLE && unit <= MAX_SCALE) || binary(unit);
  }

  static boolean binary(int unit) {
    return unit >= MIN_BINARY && unit <= MAX_BINARY;
  }

  static double value(long whole, int unit) {
    return binary(unit) ? whole * power(unit - BINARY_BIAS) : whole / POWERS[unit];
  }

  /**
   * Fills {@code wholes} with the first {@code count} values in {@code unit}.
   *
   * @return whether all come back bit by bit
   */
  static boolean wholes(double[] values, int count, int unit, long[] wholes) {
    for (int i = 0; i < count; i++) {
      if (!exact(values[i], unit)) {
        return false;
      }
      wholes[i] = whole(values[i], unit);
    }
    return true;
  }

  /** The smallest power of ten that holds each value for itself, or {@link #NONE}. */
  static int decimal(double[] values, int count) {
    int scale = 0;
    for (int i = 0; i < count; i++) {
      while (!exact(values[i], scale)) {
        scale++;
        if (scale > MAX_SCALE) {
          return NONE;
        }
      }
    }
    return scale;
  }

  /**
   * The greatest power of two that all values are multiples of, or {@link #NONE} when that is none,
   * or when a single multiple is too great to be worth it.
   */
  static int binary(double[] values, int count) {
    int least = Integer.MAX_VALUE;
    int greatest = Integer.MIN_VALUE;
    for (int i = 0; i < count; i++) {
      if (!Double.isFinite(values[i])) {
        return NONE;
      }
      if (values[i] != 0) {
        long mantissa = Double.doubleToRawLongBits(values[i]) & ((1L << MANTISSA_BITS) - 1);
        int zeros = Long.numberOfTrailingZeros(mantissa | 1L << MANTISSA_BITS);
        int exponent = Math.getExponent(values[i]);
        least = Math.min(least, exponent - MANTISSA_BITS + zeros);
        greatest = Math.max(greatest, exponent);
      }
    }
    long unit = (long) least + BINARY_BIAS;
    boolean worth = count > 1 || (long) greatest - least < WORTH_BITS;
    return worth && unit >= MIN_BINARY && unit <= MAX_BINARY ? (int) unit : NONE;
  }

  private static boolean exact(double value, int unit) {
    long whole = whole(value, unit);
    return whole >= -MAX_WHOLE
        && whole <= MAX_WHOLE
        && Double.doubleToRawLongBits(value(whole, unit)) == Double.doubleToRawLongBits(value);
  }

  private static long whole(double value, int unit) {
    return (long) Math.rint(value * (binary(unit) ? power(BINARY_BIAS - unit) : POWERS[unit]));
  }

  /** Two to the power of {@code exponent}, -64 to 64. */
  private static double power(int exponent) {
    return Double.longBitsToDouble((long) (exponent + Double.MAX_EXPONENT) << MANTISSA_BITS);
  }
}
