package dev.sentinelj.core.block;

/**
 * Doubles as quotients of two whole numbers: shares of a total, averages of a few. Found by
 * continued fraction; that one is right is checked bit by bit, so rounding on the way costs a find
 * and never a value.
 */
final class Quotients {
  /**
   * No greater denominator is looked for: with one of half the bits of a double every double is a
   * quotient, and nothing is won.
   */
  private static final double MAX_DENOMINATOR = 1 << 26;

  private static final int MAX_STEPS = 40;

  final long[] numerators;
  final long[] denominators;

  Quotients(int rows) {
    this.numerators = new long[rows];
    this.denominators = new long[rows];
  }

  /** Whether each of the first {@code count} values is one, in lowest terms. */
  boolean find(double[] values, int count) {
    for (int i = 0; i < count; i++) {
      if (!find(values[i], i)) {
        return false;
      }
    }
    return true;
  }

  private boolean find(double value, int at) {
    double rest = Math.abs(value);
    double numerator = 1;
    double denominator = 0;
    double numeratorBefore = 0;
    double denominatorBefore = 1;
    for (int step = 0; step < MAX_STEPS && rest < Units.MAX_WHOLE; step++) {
      double whole = Math.floor(rest);
      double nextNumerator = whole * numerator + numeratorBefore;
      double nextDenominator = whole * denominator + denominatorBefore;
      if (nextDenominator > MAX_DENOMINATOR || nextNumerator > Units.MAX_WHOLE) {
        return false;
      }
      double quotient = Math.copySign(nextNumerator, value) / nextDenominator;
      if (Double.doubleToRawLongBits(quotient) == Double.doubleToRawLongBits(value)) {
        numerators[at] = (long) Math.copySign(nextNumerator, value);
        denominators[at] = (long) nextDenominator;
        return numerators[at] != 0 || Double.doubleToRawLongBits(value) == 0;
      }
      numeratorBefore = numerator;
      denominatorBefore = denominator;
      numerator = nextNumerator;
      denominator = nextDenominator;
      rest = 1 / (rest - whole);
    }
    return false;
  }

  /** The least common multiple, or 0 when it is more than 2^53. */
  static long common(long one, long other) {
    long divisor = one;
    for (long rest = other; rest != 0; ) {
      long next = divisor % rest;
      divisor = rest;
      rest = next;
    }
    long high = Math.multiplyHigh(one / divisor, other);
    long low = one / divisor * other;
    return high == 0 && low > 0 && low <= Units.MAX_WHOLE ? low : 0;
  }
}
