package dev.sentinelj.adapters.sysinfo;

import dev.sentinelj.core.block.Columns;
import dev.sentinelj.core.metric.Series;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.ports.driven.MetricSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The values of one reading in the order they were added. A series named twice keeps the last
 * value.
 */
final class Row {

  /** What a value is when it could not be read: it becomes a missing cell. */
  static final double MISSING = Double.NaN;

  private final Map<Series, Double> values = new LinkedHashMap<>();

  Row gauge(String name, String unit, Map<String, String> labels, double value) {
    values.put(Series.gauge(name, unit, labels), value);
    return this;
  }

  /** A running total; OSHI gives a negative one when it could not be read. */
  Row counter(String name, String unit, Map<String, String> labels, double value) {
    values.put(Series.counter(name, unit, labels), value < 0 ? MISSING : value);
    return this;
  }

  /** As above; exact up to 2^53. */
  Row counter(String name, String unit, Map<String, String> labels, long value) {
    return counter(name, unit, labels, (double) value);
  }

  boolean isEmpty() {
    return values.isEmpty();
  }

  /** As columns of {@code before} when that has the same series, else of a new set. */
  MetricSource.Reading reading(@Nullable SeriesSet before, long nowMillis) {
    List<Series> series = new ArrayList<>(values.keySet());
    boolean same = before != null && before.series().equals(series);
    SeriesSet set = same && before != null ? before : SeriesSet.of(series);
    Columns.Builder columns = new Columns.Builder(set.size(), nowMillis);
    int column = 0;
    for (double value : values.values()) {
      if (Double.isFinite(value)) {
        columns.set(column, 0, value);
      }
      column++;
    }
    return new MetricSource.Reading(set, columns.build());
  }
}
