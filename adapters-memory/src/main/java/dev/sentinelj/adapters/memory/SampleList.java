package dev.sentinelj.adapters.memory;

import java.util.Arrays;

/** Samples of one series, ascending in time; of one time in the order they were added. */
final class SampleList {
  private long[] times = new long[16];
  private double[] values = new double[16];
  private int size;

  SampleList copy() {
    SampleList copy = new SampleList();
    copy.times = times.clone();
    copy.values = values.clone();
    copy.size = size;
    return copy;
  }

  void add(long timeMillis, double value) {
    if (size == times.length) {
      times = Arrays.copyOf(times, 2 * size);
      values = Arrays.copyOf(values, 2 * size);
    }
    int at = firstAtOrAfter(timeMillis + 1);
    System.arraycopy(times, at, times, at + 1, size - at);
    System.arraycopy(values, at, values, at + 1, size - at);
    times[at] = timeMillis;
    values[at] = value;
    size++;
  }

  int size() {
    return size;
  }

  long timeMillis(int index) {
    return times[index];
  }

  double value(int index) {
    return values[index];
  }

  /** The least index whose time is at or after {@code timeMillis}; {@link #size()} when none is. */
  int firstAtOrAfter(long timeMillis) {
    int low = 0;
    int high = size;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (times[middle] < timeMillis) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
