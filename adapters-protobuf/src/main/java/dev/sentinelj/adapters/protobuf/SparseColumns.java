package dev.sentinelj.adapters.protobuf;

import dev.sentinelj.core.block.Columns;
import dev.sentinelj.core.metric.Series;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.ports.driven.BatchCodec.Part;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Columns while their rows and series are still being found. A second value of a series at one time
 * goes into a second row of that time.
 */
final class SparseColumns {
  private static final int SPARSE_FLOOR = 64;
  private static final int SPARSE_RATIO = 4;

  private final Map<Series, Integer> columns = new HashMap<>();
  private final List<Series> series = new ArrayList<>();
  private final Map<Row, Integer> rows = new HashMap<>();
  private final List<Long> times = new ArrayList<>();
  private final Map<Cell, Integer> seen = new HashMap<>();
  private final List<Entry> entries = new ArrayList<>();
  private int definitionBytes;

  /* Ordered, as a Series is: many keys of one hash, chosen by a sender, must not cost a table its speed. */

  private record Row(long timeMillis, int occurrence) implements Comparable<Row> {
    @Override
    public int compareTo(Row other) {
      int order = Long.compare(timeMillis, other.timeMillis);
      return order != 0 ? order : Integer.compare(occurrence, other.occurrence);
    }
  }

  private record Cell(int column, long timeMillis) implements Comparable<Cell> {
    @Override
    public int compareTo(Cell other) {
      int order = Long.compare(timeMillis, other.timeMillis);
      return order != 0 ? order : Integer.compare(column, other.column);
    }
  }

  private record Entry(int column, int row, double value) {}

  /** At least the bytes of {@code series} in the encoding of a set. */
  static int definitionBytes(Series series) {
    int bytes = 7 + utf8(series.name()) + utf8(series.unit());
    for (Map.Entry<String, String> label : series.labels().entrySet()) {
      bytes += 4 + utf8(label.getKey()) + utf8(label.getValue());
    }
    return bytes;
  }

  /** Whether {@code one} still fits into the series set of these columns. */
  boolean takes(Series one) {
    return columns.containsKey(one)
        || (series.size() < SeriesSet.MAX_SERIES
            && definitionBytes + definitionBytes(one) < SeriesSet.MAX_BYTES - 64);
  }

  /** Adds a value and returns by how many bytes the definitions grew. */
  int put(Series one, long timeMillis, double value) {
    int before = definitionBytes;
    int column = columnOf(one);
    int occurrence = seen.merge(new Cell(column, timeMillis), 1, Integer::sum);
    entries.add(new Entry(column, rowOf(new Row(timeMillis, occurrence)), value));
    return definitionBytes - before;
  }

  long cells() {
    return (long) times.size() * series.size();
  }

  /**
   * Whether so many cells are empty that a new part is cheaper. It keeps the cells of a body where
   * each sample has a series and a time of its own within about ten times the samples.
   */
  boolean sparse() {
    return cells() > SPARSE_FLOOR + (long) SPARSE_RATIO * entries.size();
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }

  /** Sorted: a client that names the same series in another order each time means one set. */
  Part toPart() {
    List<Integer> order = new ArrayList<>(columns.values());
    order.sort(Comparator.comparing(series::get));
    int[] places = new int[order.size()];
    for (int place = 0; place < places.length; place++) {
      places[order.get(place)] = place;
    }
    long[] rowTimes = times.stream().mapToLong(Long::longValue).toArray();
    Columns.Builder cells = new Columns.Builder(places.length, rowTimes);
    entries.forEach(entry -> cells.set(places[entry.column()], entry.row(), entry.value()));
    return new Part.Spelled(SeriesSet.of(order.stream().map(series::get).toList()), cells.build());
  }

  private int columnOf(Series one) {
    Integer known = columns.putIfAbsent(one, series.size());
    if (known != null) {
      return known;
    }
    series.add(one);
    definitionBytes += definitionBytes(one);
    return series.size() - 1;
  }

  private int rowOf(Row row) {
    Integer known = rows.putIfAbsent(row, times.size());
    if (known != null) {
      return known;
    }
    times.add(row.timeMillis());
    return times.size() - 1;
  }

  /** Counted, not encoded: a body may repeat long labels thousands of times. */
  private static int utf8(String text) {
    int bytes = text.length();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        // a pair of surrogates is four bytes: two for each
        bytes += c < 0x800 || Character.isSurrogate(c) ? 1 : 2;
      }
    }
    return bytes;
  }
}
