package dev.sentinelj.application.worker;

import dev.sentinelj.core.window.RollingWindow;
import dev.sentinelj.core.window.WindowStats;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The recent past of each series of a partition. Samples are staged while a transaction runs and
 * enter after its commit. When the table is full a new series gets a window only once the one not
 * written for the longest is stale, so that too many series make some have no window, and not all
 * of them short ones. One owner.
 */
final class WindowTable {
  private final int limit;
  private final long spanMillis;
  private final Map<Long, Entry> windows = new LinkedHashMap<>(16, 0.75f, true);
  private long newestMillis;
  private long refused;

  WindowTable(int limit, long spanMillis) {
    this.limit = limit;
    this.spanMillis = spanMillis;
  }

  /** A window and the greatest arrival time at which it was written. */
  private static final class Entry {
    private final RollingWindow window;
    private long writtenMillis;

    Entry(RollingWindow window) {
      this.window = window;
    }
  }

  /** Takes in what a committed transaction staged. */
  void merge(Staged staged) {
    newestMillis = Math.max(newestMillis, staged.receivedMillis);
    for (int i = 0; i < staged.size; i++) {
      Entry entry = entry(staged.ids[i]);
      if (entry != null) {
        entry.writtenMillis = newestMillis;
        entry.window.add(staged.times[i], staged.values[i]);
      }
    }
  }

  WindowStats statsAt(long seriesId, long nowMillis) {
    Entry entry = windows.get(seriesId);
    return entry == null ? WindowStats.EMPTY : entry.window.statsAt(nowMillis);
  }

  int size() {
    return windows.size();
  }

  /** Samples that found the table full. */
  long refused() {
    return refused;
  }

  private @Nullable Entry entry(long seriesId) {
    Entry known = windows.get(seriesId);
    if (known != null) {
      return known;
    }
    if (windows.size() >= limit && !dropStale()) {
      refused++;
      return null;
    }
    Entry made = new Entry(new RollingWindow(spanMillis));
    windows.put(seriesId, made);
    return made;
  }

  private boolean dropStale() {
    Iterator<Entry> oldestFirst = windows.values().iterator();
    if (oldestFirst.hasNext() && newestMillis - oldestFirst.next().writtenMillis > spanMillis) {
      oldestFirst.remove();
      return true;
    }
    return false;
  }

  /** Samples that wait for a commit. */
  static final class Staged {
    private long[] ids = new long[1_024];
    private long[] times = new long[1_024];
    private double[] values = new double[1_024];
    private int size;
    private long receivedMillis;

    void add(long seriesId, long timeMillis, double value, long arrivedMillis) {
      if (size == ids.length) {
        ids = Arrays.copyOf(ids, 2 * size);
        times = Arrays.copyOf(times, 2 * size);
        values = Arrays.copyOf(values, 2 * size);
      }
      ids[size] = seriesId;
      times[size] = timeMillis;
      values[size] = value;
      size++;
      receivedMillis = Math.max(receivedMillis, arrivedMillis);
    }
  }
}
