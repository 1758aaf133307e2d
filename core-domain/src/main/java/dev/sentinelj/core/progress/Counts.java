package dev.sentinelj.core.progress;

import java.util.stream.LongStream;

/**
 * Sums of counts that agents choose. They stop at the ends of a long: a sum that came round or
 * threw would let one agent hold up everybody who shares a partition with it.
 */
public final class Counts {
  private Counts() {}

  public static long plus(long one, long other) {
    long sum = one + other;
    boolean overflow = ((one ^ sum) & (other ^ sum)) < 0;
    return overflow ? end(one) : sum;
  }

  public static long minus(long one, long other) {
    long difference = one - other;
    boolean overflow = ((one ^ other) & (one ^ difference)) < 0;
    return overflow ? end(one) : difference;
  }

  public static long sum(LongStream counts) {
    return counts.reduce(0, Counts::plus);
  }

  private static long end(long signed) {
    return signed < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
  }
}
