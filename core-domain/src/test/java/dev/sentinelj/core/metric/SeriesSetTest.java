package dev.sentinelj.core.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sentinelj.core.Mutations;
import dev.sentinelj.core.Samples;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.wire.MalformedException;
import dev.sentinelj.core.wire.WireWriter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SeriesSetTest {
  private static final Series PLAIN = Series.gauge("a", "", Map.of());

  @Test
  void parse_itsBytes_givesTheSameSet() {
    SeriesSet set = Samples.set();

    SeriesSet parsed = SeriesSet.parse(set.toBytes());

    assertThat(parsed).isEqualTo(set);
    assertThat(parsed.series()).isEqualTo(set.series());
    assertThat(parsed.hash()).isEqualTo(Sha256.of(set.toBytes()));
  }

  @Test
  void hash_anotherOrder_isAnotherSet() {
    SeriesSet set = Samples.set();

    assertThat(SeriesSet.of(set.series().reversed()).hash()).isNotEqualTo(set.hash());
  }

  @Test
  void parse_anyOtherLength_isMalformed() {
    Mutations.refusesEveryOtherLength(Samples.set().toBytes(), SeriesSet::parse);
  }

  @Test
  void parse_anyBitFlipped_isMalformedOrAnotherSet() {
    SeriesSet set = Samples.set();

    Mutations.survivesEveryBitFlip(
        set.toBytes(), bytes -> assertThat(SeriesSet.parse(bytes)).isNotEqualTo(set));
  }

  @Test
  void parse_labelsOutOfOrder_isMalformed() {
    byte[] bytes =
        WireWriter.message(SeriesSet.DOMAIN, 1, 64)
            .u16(1)
            .text("a")
            .u8(1)
            .text("")
            .u16(2)
            .text("z")
            .text("")
            .text("b")
            .text("")
            .toBytes();

    assertThatExceptionOfType(MalformedException.class).isThrownBy(() -> SeriesSet.parse(bytes));
  }

  @Test
  void parse_anotherVersion_isMalformed() {
    byte[] bytes = WireWriter.message(SeriesSet.DOMAIN, 2, 8).u16(0).toBytes();

    assertThatExceptionOfType(MalformedException.class).isThrownBy(() -> SeriesSet.parse(bytes));
  }

  @Test
  void parse_tooManyBytes_isMalformed() {
    byte[] bytes = new byte[SeriesSet.MAX_BYTES + 1];

    assertThatExceptionOfType(MalformedException.class).isThrownBy(() -> SeriesSet.parse(bytes));
  }

  @Test
  void of_emptyTwiceOrTooMany_throws() {
    assertThatIllegalArgumentException().isThrownBy(() -> SeriesSet.of(List.of()));
    assertThatIllegalArgumentException().isThrownBy(() -> SeriesSet.of(List.of(PLAIN, PLAIN)));
    assertThatIllegalArgumentException().isThrownBy(() -> SeriesSet.of(numbered(10_001)));
    assertThat(SeriesSet.of(numbered(10_000)).size()).isEqualTo(10_000);
  }

  @Test
  void series_limits_areInclusive() {
    assertThat(Series.gauge("n".repeat(255), "u".repeat(63), labels(64)).labels()).hasSize(64);
    assertThatIllegalArgumentException().isThrownBy(() -> Series.gauge("", "", Map.of()));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Series.gauge("n".repeat(256), "", Map.of()));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Series.gauge("n", "u".repeat(64), Map.of()));
    assertThatIllegalArgumentException().isThrownBy(() -> Series.gauge("n", "", labels(65)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Series.gauge("n", "", Map.of("k", "v".repeat(1_025))));
  }

  @Test
  void series_textThatIsNotText_throws() {
    assertThatIllegalArgumentException().isThrownBy(() -> Series.gauge("a\u0000", "", Map.of()));
    assertThatIllegalArgumentException().isThrownBy(() -> Series.gauge("a\ud800", "", Map.of()));
    assertThatIllegalArgumentException().isThrownBy(() -> Series.gauge("\udc00a", "", Map.of()));
    assertThat(Series.gauge("\ud83d\ude00", "", Map.of()).name()).hasSize(2);
  }

  @Test
  void series_labelsGivenInAnyOrder_areEqual() {
    TreeMap<String, String> reversed = new TreeMap<>(java.util.Comparator.reverseOrder());
    reversed.putAll(Map.of("a", "1", "b", "2"));

    Series series = new Series("n", MetricType.GAUGE, "", reversed);

    assertThat(series.labels().keySet()).containsExactly("a", "b");
  }

  @Test
  void metricType_codes_areTheProtocols() {
    assertThat(MetricType.ofCode(1)).isEqualTo(MetricType.GAUGE);
    assertThat(MetricType.ofCode(2)).isEqualTo(MetricType.COUNTER);
    assertThat(MetricType.ofCode(3)).isEqualTo(MetricType.HISTOGRAM);
    assertThatIllegalArgumentException().isThrownBy(() -> MetricType.ofCode(0));
  }

  private static List<Series> numbered(int count) {
    return IntStream.range(0, count).mapToObj(i -> Series.gauge("s" + i, "", Map.of())).toList();
  }

  private static Map<String, String> labels(int count) {
    TreeMap<String, String> labels = new TreeMap<>();
    IntStream.range(0, count).forEach(i -> labels.put("k" + i, "v"));
    return labels;
  }
}
