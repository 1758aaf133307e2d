package dev.sentinelj.application.worker;

import dev.sentinelj.core.block.Columns;
import dev.sentinelj.core.metric.Series;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Parts the samples of one block into those that can be stored, those kept aside because of their
 * value or time, and those above the budget. One use.
 */
final class SampleSieve {
  /** How far after its arrival a sample may claim to be taken. */
  static final long AHEAD_MILLIS = 600_000;

  private final Columns columns;
  private final ResolvedSet set;
  private final long earliest;
  private final long latest;
  private final StringBuilder nan = new StringBuilder();
  private final StringBuilder time = new StringBuilder();
  private long nans;
  private long times;
  private long overflow;
  private long stored;

  /**
   * @param receivedMillis when the bus took the batch
   * @param retentionMillis how far before that a sample may have been taken
   */
  SampleSieve(Columns columns, ResolvedSet set, long receivedMillis, long retentionMillis) {
    this.columns = columns;
    this.set = set;
    this.earliest = receivedMillis - retentionMillis;
    this.latest = receivedMillis + AHEAD_MILLIS;
  }

  /** What can be stored, one column per id of the set; null when that is nothing. */
  @Nullable Columns clean() {
    if (allGood()) {
      stored = columns.samples();
      return stored == 0 ? null : columns;
    }
    overflow = samplesOutside(set.columns());
    if (set.columns().length == 0) {
      return null;
    }
    Columns.Builder builder = new Columns.Builder(set.columns().length, rowTimes());
    for (int i = 0; i < set.columns().length; i++) {
      copy(set.columns()[i], i, builder);
    }
    return stored == 0 ? null : builder.build();
  }

  long stored() {
    return stored;
  }

  /** Samples of series above the budget. */
  long overflow() {
    return overflow;
  }

  long nans() {
    return nans;
  }

  long times() {
    return times;
  }

  /** The samples that are no number, as text: the series, then per sample its time and value. */
  byte[] nanText() {
    return nan.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** The samples with an impossible time, in the same form. */
  byte[] timeText() {
    return time.toString().getBytes(StandardCharsets.UTF_8);
  }

  private boolean allGood() {
    if (set.columns().length != columns.series()) {
      return false;
    }
    for (int row = 0; row < columns.rows(); row++) {
      if (outOfTime(row)) {
        return false;
      }
    }
    for (int column = 0; column < columns.series(); column++) {
      for (int row = 0; row < columns.rows(); row++) {
        if (columns.present(column, row) && !Double.isFinite(columns.value(column, row))) {
          return false;
        }
      }
    }
    return true;
  }

  private void copy(int from, int to, Columns.Builder builder) {
    boolean nanNamed = false;
    boolean timeNamed = false;
    for (int row = 0; row < columns.rows(); row++) {
      if (!columns.present(from, row)) {
        continue;
      }
      if (outOfTime(row)) {
        timeNamed = write(time, from, row, timeNamed);
        times++;
      } else if (!Double.isFinite(columns.value(from, row))) {
        nanNamed = write(nan, from, row, nanNamed);
        nans++;
      } else {
        builder.set(to, row, columns.value(from, row));
        stored++;
      }
    }
  }

  private boolean write(StringBuilder out, int column, int row, boolean named) {
    if (!named) {
      Series series = set.set().series().get(column);
      out.append(series.name()).append(series.labels()).append('\n');
    }
    out.append(' ')
        .append(columns.timeMillis(row))
        .append(' ')
        .append(columns.value(column, row))
        .append('\n');
    return true;
  }

  private long samplesOutside(int[] kept) {
    long outside = 0;
    for (int column = 0; column < columns.series(); column++) {
      if (Arrays.binarySearch(kept, column) < 0) {
        outside += presentIn(column);
      }
    }
    return outside;
  }

  private long presentIn(int column) {
    long count = 0;
    for (int row = 0; row < columns.rows(); row++) {
      count += columns.present(column, row) ? 1 : 0;
    }
    return count;
  }

  private boolean outOfTime(int row) {
    return columns.timeMillis(row) < earliest || columns.timeMillis(row) > latest;
  }

  private long[] rowTimes() {
    long[] all = new long[columns.rows()];
    Arrays.setAll(all, columns::timeMillis);
    return all;
  }
}
