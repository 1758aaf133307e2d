package dev.sentinelj.application.agent;

import dev.sentinelj.core.block.Block;
import dev.sentinelj.core.block.Columns;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.time.Now;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Rows on their way into one batch, grouped by series set in the order the sets first came. */
final class OpenBatch {

  /*
   * The size of a body is estimated from above, because the encoding is chosen later and elsewhere: a
   * value takes at most 8 bytes and its control bits, a row its time stamp, a column its head.
   */
  private static final int BYTES_PER_BLOCK = 128;
  private static final int BYTES_PER_COLUMN = 4;
  private static final int BYTES_PER_ROW = 12;
  private static final int BYTES_PER_VALUE = 10;

  /** Samples further apart in time go into batches of their own: the gateway refuses days. */
  static final long MAX_SPAN_MILLIS = 3_600_000;

  private final Now openedAt;
  private final Map<SeriesSet, List<Row>> rows = new LinkedHashMap<>();
  private long samples;
  private long cells;
  private long bytes;
  private long least = Long.MAX_VALUE;
  private long greatest = Long.MIN_VALUE;

  OpenBatch(Now openedAt) {
    this.openedAt = openedAt;
  }

  record Row(Columns columns, int row) {
    long timeMillis() {
      return columns.timeMillis(row);
    }

    int samples() {
      int present = 0;
      for (int column = 0; column < columns.series(); column++) {
        present += columns.present(column, row) ? 1 : 0;
      }
      return present;
    }
  }

  Now openedAt() {
    return openedAt;
  }

  long samples() {
    return samples;
  }

  long bytes() {
    return bytes;
  }

  boolean isEmpty() {
    return rows.isEmpty();
  }

  /** Whether {@code row} may join without exceeding a limit; a first row always may. */
  boolean takes(SeriesSet set, Row row, int maxSamples, long maxBytes, int maxSets, long maxCells) {
    boolean small =
        samples + row.samples() <= maxSamples
            && bytes + cost(set, row) <= maxBytes
            && cells + set.size() <= maxCells;
    boolean near =
        Math.max(greatest, row.timeMillis()) - Math.min(least, row.timeMillis()) <= MAX_SPAN_MILLIS;
    return isEmpty() || (small && near && (rows.containsKey(set) || rows.size() < maxSets));
  }

  void add(SeriesSet set, Row row) {
    bytes += cost(set, row);
    cells += set.size();
    samples += row.samples();
    least = Math.min(least, row.timeMillis());
    greatest = Math.max(greatest, row.timeMillis());
    rows.computeIfAbsent(set, _ -> new ArrayList<>()).add(row);
  }

  /** Everything in it, each time moved by {@code offsetMillis}. */
  Closed close(Now now, long offsetMillis) {
    List<Block> blocks = new ArrayList<>();
    rows.forEach((set, list) -> blocks.add(new Block(set.hash(), merge(set, list, offsetMillis))));
    return new Closed(
        blocks,
        List.copyOf(rows.keySet()),
        samples,
        bytes,
        least + offsetMillis,
        greatest + offsetMillis,
        offsetMillis,
        now.wallMillis() + offsetMillis);
  }

  /** A batch that waits for its seq. */
  record Closed(
      List<Block> blocks,
      List<SeriesSet> sets,
      long samples,
      long bytes,
      long leastMillis,
      long greatestMillis,
      long offsetMillis,
      long createdAtMillis) {}

  private long cost(SeriesSet set, Row row) {
    long block = rows.containsKey(set) ? 0 : BYTES_PER_BLOCK + (long) BYTES_PER_COLUMN * set.size();
    long bitmap = set.size() / Byte.SIZE + 1L;
    return block + BYTES_PER_ROW + bitmap + (long) BYTES_PER_VALUE * row.samples();
  }

  private static Columns merge(SeriesSet set, List<Row> rows, long offsetMillis) {
    long[] times = rows.stream().mapToLong(row -> row.timeMillis() + offsetMillis).toArray();
    Columns.Builder merged = new Columns.Builder(set.size(), times);
    for (int to = 0; to < times.length; to++) {
      Columns from = rows.get(to).columns();
      for (int column = 0; column < set.size(); column++) {
        if (from.present(column, rows.get(to).row())) {
          merged.set(column, to, from.value(column, rows.get(to).row()));
        }
      }
    }
    return merged.build();
  }
}
