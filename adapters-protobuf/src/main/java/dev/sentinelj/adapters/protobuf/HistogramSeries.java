package dev.sentinelj.adapters.protobuf;

import dev.sentinelj.core.metric.MetricType;
import dev.sentinelj.core.metric.Series;
import dev.sentinelj.core.wire.MalformedException;
import dev.sentinelj.proto.Histogram;
import java.math.BigDecimal;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ObjDoubleConsumer;

/**
 * A histogram as the counters it is stored as: {@code name_bucket} with the label {@code le} and
 * cumulative counts, {@code name_sum} and {@code name_count}.
 */
final class HistogramSeries {
  private static final int MAX_BOUNDARIES = 1_000;
  private static final String LE = "le";

  private final String name;
  private final String unit;
  private final SortedMap<String, String> labels;
  private final Histogram histogram;

  private HistogramSeries(
      String name, String unit, SortedMap<String, String> labels, Histogram histogram) {
    this.name = name;
    this.unit = unit;
    this.labels = labels;
    this.histogram = histogram;
  }

  /**
   * @throws MalformedException when counts and boundaries do not fit together
   */
  static HistogramSeries of(
      String name, String unit, SortedMap<String, String> labels, Histogram histogram) {
    if (labels.containsKey(LE)) {
      throw new MalformedException("a histogram with a label le of its own");
    }
    checkBoundaries(histogram);
    checkCounts(histogram);
    return new HistogramSeries(name, unit, labels, histogram);
  }

  /** How many series it becomes. */
  int size() {
    return histogram.getCountsCount() + 2;
  }

  Series sumSeries() {
    return new Series(name + "_sum", MetricType.COUNTER, unit, labels);
  }

  void forEach(ObjDoubleConsumer<Series> consumer) {
    long below = 0;
    for (int i = 0; i < histogram.getCountsCount(); i++) {
      below += histogram.getCounts(i);
      consumer.accept(bucket(i), (double) below);
    }
    consumer.accept(sumSeries(), histogram.getSum());
    consumer.accept(new Series(name + "_count", MetricType.COUNTER, "1", labels), (double) below);
  }

  private Series bucket(int i) {
    SortedMap<String, String> withBound = new TreeMap<>(labels);
    boolean last = i == histogram.getBoundariesCount();
    withBound.put(LE, last ? "+Inf" : text(histogram.getBoundaries(i)));
    return new Series(name + "_bucket", MetricType.COUNTER, "1", withBound);
  }

  /** The shortest decimal that means this double, without an exponent. */
  private static String text(double boundary) {
    if (boundary == 0) {
      return "0";
    }
    return new BigDecimal(Double.toString(boundary)).stripTrailingZeros().toPlainString();
  }

  private static void checkBoundaries(Histogram histogram) {
    int count = histogram.getBoundariesCount();
    if (count > MAX_BOUNDARIES) {
      throw new MalformedException("a histogram of more than " + MAX_BOUNDARIES + " boundaries");
    }
    double last = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      double boundary = histogram.getBoundaries(i);
      if (!(boundary > last) || Double.isInfinite(boundary)) {
        throw new MalformedException("boundaries of a histogram are not finite and ascending");
      }
      last = boundary;
    }
  }

  private static void checkCounts(Histogram histogram) {
    if (histogram.getCountsCount() != histogram.getBoundariesCount() + 1) {
      throw new MalformedException("a histogram needs one count more than boundaries");
    }
    long total = 0;
    for (int i = 0; i < histogram.getCountsCount(); i++) {
      long count = histogram.getCounts(i);
      total += count;
      if (count < 0 || total < 0) {
        throw new MalformedException("counts of a histogram beyond 2^63 - 1");
      }
    }
    if (total != histogram.getCount()) {
      throw new MalformedException("count of a histogram is not the sum of its counts");
    }
  }
}
