package dev.sentinelj.adapters.protobuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.BatchHeader;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.BatchKind;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.block.Columns;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.metric.Series;
import dev.sentinelj.core.wire.MalformedException;
import dev.sentinelj.ports.driven.BatchCodec;
import dev.sentinelj.ports.driven.BatchCodec.Part;
import dev.sentinelj.proto.Batch;
import dev.sentinelj.proto.Histogram;
import dev.sentinelj.proto.Metric;
import dev.sentinelj.proto.MetricType;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PlainMetricsTest {
  private static final long T0 = 1_700_000_000_000L;

  private final BatchCodec codec = new ProtobufBatchCodec();

  @Test
  void decode_gaugesAndCounters_becomeRowsByTimeAndColumnsBySeries() {
    Metric cpu = gauge("cpu", T0, 0.5).toBuilder().putLabels("core", "0").setUnit("1").build();
    Metric later = cpu.toBuilder().setTimestampMs(T0 + 10).setValueDouble(0.75).build();
    Metric packets =
        Metric.newBuilder()
            .setName("packets")
            .setRtype(MetricType.COUNTER)
            .setValueInt(7)
            .setTimestampMs(T0)
            .build();

    Part.Spelled part = onlyPart(3, T0, T0 + 10, cpu, packets, later);

    assertThat(part.set().series())
        .containsExactly(
            Series.gauge("cpu", "1", Map.of("core", "0")), Series.counter("packets", "", Map.of()));
    assertThat(part.columns())
        .isEqualTo(
            new Columns.Builder(2, T0, T0 + 10)
                .set(0, 0, 0.5)
                .set(1, 0, 7)
                .set(0, 1, 0.75)
                .build());
  }

  /** A map in the client gives them in any order; a worker remembers what a set resolves to. */
  @Test
  void decode_theSameSeriesInAnotherOrder_isTheSameSet() {
    Part.Spelled one = onlyPart(3, T0, T0, gauge("a", T0, 1), gauge("b", T0, 2), gauge("c", T0, 3));
    Part.Spelled other =
        onlyPart(3, T0, T0, gauge("c", T0, 3), gauge("a", T0, 1), gauge("b", T0, 2));

    assertThat(other.set().hash()).isEqualTo(one.set().hash());
    assertThat(other.columns()).isEqualTo(one.columns());
  }

  @Test
  void decode_twoValuesOfOneSeriesAtOneTime_keepsBothInRowsOfThatTime() {
    Part.Spelled part =
        onlyPart(3, T0, T0, gauge("a", T0, 1), gauge("a", T0, 2), gauge("a", T0, 3));

    assertThat(part.columns())
        .isEqualTo(
            new Columns.Builder(1, T0, T0, T0).set(0, 0, 1).set(0, 1, 2).set(0, 2, 3).build());
  }

  @Test
  void decode_nanGauge_isAPresentCell() {
    Part.Spelled part = onlyPart(1, T0, T0, gauge("a", T0, Double.NaN));

    assertThat(part.columns().present(0, 0)).isTrue();
    assertThat(part.columns().value(0, 0)).isNaN();
  }

  @Test
  void decode_largeInteger_isRoundedToDouble() {
    Metric metric = gauge("a", T0, 0).toBuilder().setValueInt((1L << 53) + 1).build();

    assertThat(onlyPart(1, T0, T0, metric).columns().value(0, 0)).isEqualTo(0x1p53);
  }

  @Test
  void decode_histogram_becomesCumulativeBucketsSumAndCount() {
    Part.Spelled part = onlyPart(5, T0, T0, histogram());

    assertThat(part.set().series())
        .containsExactly(
            Series.counter("rtt_bucket", "1", Map.of("le", "+Inf", "host", "x")),
            Series.counter("rtt_bucket", "1", Map.of("le", "0.1", "host", "x")),
            Series.counter("rtt_bucket", "1", Map.of("le", "20", "host", "x")),
            Series.counter("rtt_count", "1", Map.of("host", "x")),
            Series.counter("rtt_sum", "s", Map.of("host", "x")));
    assertThat(valuesOfRow0(part)).containsExactly(12, 3, 7, 12, 99.5);
  }

  @Test
  void decode_histogramCountedAsOneSample_isMalformed() {
    assertMalformed(1, T0, T0, histogram());
  }

  @Test
  void decode_eachSampleWithSeriesAndTimeOfItsOwn_staysWithinTenTimesTheCells() {
    Metric[] metrics = new Metric[5_000];
    for (int i = 0; i < metrics.length; i++) {
      metrics[i] = gauge("m" + i, T0 + i, i);
    }

    List<Part> parts = decode(5_000, T0, T0 + 4_999, metrics);

    long cells =
        parts.stream().mapToLong(p -> (long) p.columns().rows() * p.columns().series()).sum();
    assertThat(parts.stream().mapToLong(part -> part.columns().samples()).sum()).isEqualTo(5_000);
    assertThat((double) cells / 5_000).isCloseTo(10, within(2.0));
  }

  @Test
  void decode_manyValuesOfOneSeriesAtOneTime_takesLinearTime() {
    Metric[] metrics = new Metric[100_000];
    Arrays.fill(metrics, gauge("a", T0, 1));

    assertThat(onlyPart(100_000, T0, T0, metrics).columns().rows()).isEqualTo(100_000);
  }

  @Test
  void decode_metricThatMeansNothing_isMalformed() {
    Metric good = gauge("a", T0, 1);

    assertMalformed(1, T0, T0, good.toBuilder().clearValue().build());
    assertMalformed(1, T0, T0, good.toBuilder().clearRtype().build());
    assertMalformed(1, T0, T0, good.toBuilder().setRtypeValue(9).build());
    assertMalformed(1, T0, T0, good.toBuilder().setName("").build());
    assertMalformed(1, T0, T0, good.toBuilder().setName("a\nb").build());
    assertMalformed(1, T0, T0, good.toBuilder().putLabels("", "x").build());
    assertMalformed(1, T0, T0, good.toBuilder().setRtype(MetricType.HISTOGRAM).build());
    assertMalformed(5, T0, T0, histogram().toBuilder().setRtype(MetricType.GAUGE).build());
  }

  @Test
  void decode_histogramThatDoesNotAddUp_isMalformed() {
    Histogram good = histogram().getHistogram();

    assertMalformedHistogram(good.toBuilder().setCount(13).build());
    assertMalformedHistogram(good.toBuilder().addCounts(1).setCount(13).build());
    assertMalformedHistogram(good.toBuilder().setBoundaries(1, 0.1).build());
    assertMalformedHistogram(good.toBuilder().setBoundaries(1, Double.NaN).build());
    assertMalformedHistogram(good.toBuilder().setCounts(0, -1).setCount(8).build());
    assertMalformed(5, T0, T0, histogram().toBuilder().putLabels("le", "1").build());
  }

  @Test
  void decode_histogramsThatRepeatHugeLabels_areMalformedBeforeTheyAreExpanded() {
    Histogram.Builder wide = Histogram.newBuilder().setCount(0).addCounts(0);
    for (int i = 0; i < 1_000; i++) {
      wide.addBoundaries(i).addCounts(0);
    }
    Metric.Builder metric = histogram().toBuilder().setHistogram(wide);
    for (int i = 0; i < 60; i++) {
      metric.putLabels("label" + i, "x".repeat(1_000));
    }

    assertMalformed(1_003, T0, T0, metric.build());
  }

  @Test
  void decode_aMillionEmptyMetrics_isMalformedAtTheFirst() {
    byte[] body = new byte[2 << 20];
    for (int i = 0; i < body.length; i += 2) {
      body[i] = Batch.METRICS_FIELD_NUMBER << 3 | 2;
    }

    assertThatExceptionOfType(MalformedException.class)
        .isThrownBy(() -> codec.decode(header(1, T0, T0, body), body));
  }

  @Test
  void decode_groupsNestedTenThousandDeep_isMalformed() {
    byte[] body = new byte[20_000];
    Arrays.fill(body, (byte) (15 << 3 | 3));
    byte[] inMetric =
        Batch.newBuilder()
            .build()
            .toByteString()
            .concat(
                ByteString.copyFrom(
                    new byte[] {Batch.METRICS_FIELD_NUMBER << 3 | 2, (byte) 0x90, 0x4e}))
            .concat(ByteString.copyFrom(body, 0, 10_000))
            .toByteArray();

    assertThatExceptionOfType(MalformedException.class)
        .isThrownBy(() -> codec.decode(header(1, T0, T0, body), body));
    assertThatExceptionOfType(MalformedException.class)
        .isThrownBy(() -> codec.decode(header(1, T0, T0, inMetric), inMetric));
  }

  @Test
  void decode_bodyThatRepeatsNothing_isAccepted() {
    byte[] body = Batch.newBuilder().addMetrics(gauge("a", T0, 1)).build().toByteArray();

    assertThat(codec.decode(header(1, T0, T0, body), body)).hasSize(1);
  }

  private void assertMalformedHistogram(Histogram histogram) {
    assertMalformed(
        histogram.getCountsCount() + 2,
        T0,
        T0,
        histogram().toBuilder().setHistogram(histogram).build());
  }

  private void assertMalformed(long samples, long least, long greatest, Metric... metrics) {
    assertThatExceptionOfType(MalformedException.class)
        .isThrownBy(() -> decode(samples, least, greatest, metrics));
  }

  private Part.Spelled onlyPart(long samples, long least, long greatest, Metric... metrics) {
    List<Part> parts = decode(samples, least, greatest, metrics);
    assertThat(parts).hasSize(1);
    return (Part.Spelled) parts.getFirst();
  }

  private List<Part> decode(long samples, long least, long greatest, Metric... metrics) {
    byte[] body =
        Batch.newBuilder()
            .setAgentId("agent-1")
            .setSeqEnd(samples)
            .addAllMetrics(List.of(metrics))
            .build()
            .toByteArray();
    return codec.decode(header(samples, least, greatest, body), body);
  }

  private static BatchHeader header(long samples, long least, long greatest, byte[] body) {
    BatchId id = new BatchId(new EpochId(new AgentId("agent-1"), 1), 1);
    return new BatchHeader(BatchKind.DATA, id, 0, samples, least, greatest, 0, Sha256.of(body));
  }

  private static double[] valuesOfRow0(Part part) {
    double[] values = new double[part.columns().series()];
    for (int column = 0; column < values.length; column++) {
      values[column] = part.columns().value(column, 0);
    }
    return values;
  }

  private static Metric gauge(String name, long timeMillis, double value) {
    return Metric.newBuilder()
        .setName(name)
        .setRtype(MetricType.GAUGE)
        .setValueDouble(value)
        .setTimestampMs(timeMillis)
        .build();
  }

  private static Metric histogram() {
    return Metric.newBuilder()
        .setName("rtt")
        .setUnit("s")
        .setRtype(MetricType.HISTOGRAM)
        .putLabels("host", "x")
        .setTimestampMs(T0)
        .setHistogram(
            Histogram.newBuilder()
                .addBoundaries(0.1)
                .addBoundaries(20)
                .addCounts(3)
                .addCounts(4)
                .addCounts(5)
                .setCount(12)
                .setSum(99.5))
        .build();
  }
}
