package dev.sentinelj.adapters.timescale;

import dev.sentinelj.core.block.Columns;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Samples of one transaction on their way to COPY. Nothing is copied until then: a column of a
 * batch is a <em>run</em>, and the runs are sorted by (series, arrival), so that rows reach the
 * index (series_id, time) in its order. A run is one long: the series above, the number of the run
 * below.
 */
final class SampleBuffer {
  /**
   * Rows after which what is there is written: more make the index cheaper, and hold more memory.
   */
  static final int FLUSH_ROWS = 100_000;

  private static final String COPY =
      "COPY samples (time, series_id, value) FROM STDIN (FORMAT binary)";
  private static final int RUN_BITS = 20;
  private static final int MAX_RUNS = 1 << RUN_BITS;
  private static final long MAX_SERIES_ID = Long.MAX_VALUE >> RUN_BITS;

  private final Connection connection;
  private final DayPartitions days;
  private final List<Columns> blocks = new ArrayList<>();
  private long[] runs = new long[1_024];
  private int[] runBlock = new int[1_024];
  private int[] runColumn = new int[1_024];
  private int runCount;
  private int rows;

  SampleBuffer(Connection connection, DayPartitions days) {
    this.connection = connection;
    this.days = days;
  }

  /**
   * @throws IllegalArgumentException when a present value is not finite, or ids and columns do not
   *     agree
   */
  void add(long[] seriesIds, Columns columns) throws SQLException {
    if (seriesIds.length != columns.series()) {
      throw new IllegalArgumentException(
          seriesIds.length + " series ids for " + columns.series() + " columns");
    }
    requireFinite(columns);
    ensureDays(columns);
    if (runCount + seriesIds.length > MAX_RUNS) {
      flush();
    }
    grow(runCount + seriesIds.length);
    int block = blocks.size();
    blocks.add(columns);
    for (int column = 0; column < seriesIds.length; column++) {
      runs[runCount] = run(seriesIds[column], runCount);
      runBlock[runCount] = block;
      runColumn[runCount] = column;
      runCount++;
    }
    rows += columns.samples();
    if (rows >= FLUSH_ROWS) {
      flush();
    }
  }

  void flush() throws SQLException {
    if (rows > 0) {
      Arrays.sort(runs, 0, runCount);
      try (BinaryCopy copy = BinaryCopy.begin(connection, COPY)) {
        for (int i = 0; i < runCount; i++) {
          write(copy, runs[i]);
        }
        copy.end();
      }
    }
    blocks.clear();
    runCount = 0;
    rows = 0;
  }

  private void write(BinaryCopy copy, long packed) throws SQLException {
    int run = (int) (packed & (MAX_RUNS - 1));
    long seriesId = packed >>> RUN_BITS;
    Columns columns = blocks.get(runBlock[run]);
    int column = runColumn[run];
    for (int row = 0; row < columns.rows(); row++) {
      if (columns.present(column, row)) {
        copy.sample(
            Times.postgresMicros(columns.timeMillis(row)), seriesId, columns.value(column, row));
      }
    }
  }

  private static long run(long seriesId, int number) {
    if (seriesId < 0 || seriesId > MAX_SERIES_ID) {
      throw new IllegalArgumentException("not a series id of this store: " + seriesId);
    }
    return seriesId << RUN_BITS | number;
  }

  private static void requireFinite(Columns columns) {
    for (int column = 0; column < columns.series(); column++) {
      for (int row = 0; row < columns.rows(); row++) {
        if (columns.present(column, row) && !Double.isFinite(columns.value(column, row))) {
          throw new IllegalArgumentException(
              "a sample must be finite, not " + columns.value(column, row));
        }
      }
    }
  }

  private void ensureDays(Columns columns) {
    long last = -1;
    Set<Long> missing = Set.of();
    for (int row = 0; row < columns.rows(); row++) {
      long day = Times.day(columns.timeMillis(row));
      if (day != last && !days.has(DayPartitions.Table.SAMPLES, day)) {
        missing = missing.isEmpty() ? new HashSet<>() : missing;
        missing.add(day);
      }
      last = day;
    }
    days.ensure(DayPartitions.Table.SAMPLES, missing);
  }

  private void grow(int needed) {
    if (needed > runs.length) {
      int length = Math.max(needed, 2 * runs.length);
      runs = Arrays.copyOf(runs, length);
      runBlock = Arrays.copyOf(runBlock, length);
      runColumn = Arrays.copyOf(runColumn, length);
    }
  }
}
