package dev.sentinelj.adapters.protobuf;

import dev.sentinelj.core.metric.MetricType;
import dev.sentinelj.core.metric.Series;
import dev.sentinelj.core.wire.MalformedException;
import dev.sentinelj.ports.driven.BatchCodec.Part;
import dev.sentinelj.proto.Metric;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Turns plain metrics into columns, several parts of them when one would be mostly empty. */
final class PlainMetrics {

  /**
   * Most bytes of series definitions that one body may grow to. A histogram repeats its labels in
   * each of its series, so a body could otherwise ask for a thousand times its own size.
   */
  private static final int MAX_DEFINITION_BYTES = 8 << 20;

  private final int maxCells;
  private final List<Part> parts = new ArrayList<>();
  private SparseColumns open = new SparseColumns();
  private long cells;
  private long definitionBytes;

  PlainMetrics(int maxCells) {
    this.maxCells = maxCells;
  }

  void add(Metric metric) {
    switch (metric.getRtype()) {
      case GAUGE -> addNumber(metric, MetricType.GAUGE);
      case COUNTER -> addNumber(metric, MetricType.COUNTER);
      case HISTOGRAM -> addHistogram(metric);
      case METRIC_TYPE_UNSPECIFIED, UNRECOGNIZED ->
          throw new MalformedException("a metric without a type");
    }
  }

  List<Part> toParts() {
    close();
    return parts;
  }

  private void addNumber(Metric metric, MetricType type) {
    Series series = new Series(metric.getName(), type, metric.getUnit(), labels(metric));
    put(series, metric.getTimestampMs(), number(metric));
  }

  private static double number(Metric metric) {
    return switch (metric.getValueCase()) {
      case VALUE_DOUBLE -> metric.getValueDouble();
      case VALUE_INT -> (double) metric.getValueInt();
      case HISTOGRAM -> throw new MalformedException("a histogram that is typed as a number");
      case VALUE_NOT_SET -> throw new MalformedException("a metric without a value");
    };
  }

  private void addHistogram(Metric metric) {
    if (metric.getValueCase() != Metric.ValueCase.HISTOGRAM) {
      throw new MalformedException("a number that is typed as a histogram");
    }
    HistogramSeries histogram =
        HistogramSeries.of(
            metric.getName(), metric.getUnit(), labels(metric), metric.getHistogram());
    long bytes = SparseColumns.definitionBytes(histogram.sumSeries());
    checkDefinitions(definitionBytes + bytes * histogram.size());
    histogram.forEach((series, value) -> put(series, metric.getTimestampMs(), value));
  }

  private void put(Series series, long timeMillis, double value) {
    if (!open.takes(series)) {
      close();
    }
    definitionBytes += open.put(series, timeMillis, value);
    checkDefinitions(definitionBytes);
    checkCells(cells + open.cells());
    if (open.sparse()) {
      close();
    }
  }

  private void close() {
    if (open.isEmpty()) {
      return;
    }
    cells += open.cells();
    parts.add(open.toPart());
    open = new SparseColumns();
  }

  private static void checkDefinitions(long bytes) {
    if (bytes > MAX_DEFINITION_BYTES) {
      throw new MalformedException(
          "names and labels of more than " + MAX_DEFINITION_BYTES + " bytes");
    }
  }

  private void checkCells(long count) {
    if (count > maxCells) {
      throw new MalformedException("more cells than " + maxCells);
    }
  }

  private static SortedMap<String, String> labels(Metric metric) {
    return new TreeMap<>(metric.getLabelsMap());
  }
}
