package dev.sentinelj.core.window;

/**
 * What a window holds. Two of them are equal when every number is the same.
 *
 * @param count how many samples; without any, all other numbers are 0
 * @param last value of the sample with the greatest time, the later added one of equal times
 */
public record WindowStats(
    long count, double min, double max, double mean, double last, double sum) {
  public static final WindowStats EMPTY = new WindowStats(0, 0, 0, 0, 0, 0);
}
