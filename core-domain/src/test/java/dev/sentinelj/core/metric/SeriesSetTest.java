package dev.sentinelj.core.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sentinelj.core.Mutations;
import dev.sentinelj.core.Samples;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.wire.MalformedException;
import dev.sentinelj.core.wire.WireReader;
import dev.sentinelj.core.wire.WireWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
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

  /** The check of the bytes and the rules of a series must not part ways. */
  @Test
  void parse_randomTextsAndOrders_takesWhatASetOfThemWouldWrite() {
    SplittableRandom random = new SplittableRandom(3);
    int taken = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = anySet(random);
      boolean valid = isTheOneEncoding(bytes);

      assertThat(parses(bytes)).as(HexFormat.of().formatHex(bytes)).isEqualTo(valid);
      taken += valid ? 1 : 0;
    }
    assertThat(taken).isBetween(2_000, 18_000);
  }

  @Test
  void compareTo_series_ordersByEveryPartAndAgreesWithEquals() {
    List<Series> ascending =
        List.of(
            Series.gauge("a", "", Map.of()),
            Series.gauge("a", "", Map.of("k", "1")),
            Series.gauge("a", "", Map.of("k", "1", "l", "")),
            Series.gauge("a", "", Map.of("k", "2")),
            Series.gauge("a", "", Map.of("l", "")),
            Series.gauge("a", "By", Map.of()),
            Series.counter("a", "", Map.of()),
            Series.gauge("b", "", Map.of()));

    assertThat(ascending).isSorted().isSortedAccordingTo(Comparator.naturalOrder());
    assertThat(ascending.reversed().stream().sorted()).isEqualTo(ascending);
    assertThat(Series.gauge("a", "", Map.of("k", "1"))).isEqualByComparingTo(ascending.get(1));
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

  private static byte[] anySet(SplittableRandom random) {
    int count = 1 + random.nextInt(3);
    WireWriter out = WireWriter.message(SeriesSet.DOMAIN, 1, 64).u16(count);
    for (int i = 0; i < count; i++) {
      int labels = random.nextInt(4);
      out.shortBytes(anyText(random)).u8(random.nextInt(8) == 0 ? 4 : 1);
      out.shortBytes(random.nextBoolean() ? new byte[0] : anyText(random)).u16(labels);
      for (int label = 0; label < labels; label++) {
        out.shortBytes(anyText(random)).shortBytes(new byte[0]);
      }
    }
    return out.toBytes();
  }

  /** Mostly valid characters from all over Unicode, rarely bytes that are none. */
  private static byte[] anyText(SplittableRandom random) {
    int[] edges = {0x20, 0x61, 0x7e, 0xa0, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x10ffff};
    int[] rare = {0x1f, 0x7f, 0x80, 0x9f};
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(3); i >= 0; i--) {
      int[] from = random.nextInt(32) == 0 ? rare : edges;
      text.appendCodePoint(from[random.nextInt(from.length)]);
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    if (random.nextInt(16) == 0) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }
    return bytes;
  }

  private static boolean parses(byte[] bytes) {
    try {
      return Arrays.equals(SeriesSet.parse(bytes).toBytes(), bytes);
    } catch (MalformedException e) {
      return false;
    }
  }

  /** By making the set from what was read, and writing it again. */
  private static boolean isTheOneEncoding(byte[] bytes) {
    try {
      WireReader in = new WireReader(bytes);
      in.message(SeriesSet.DOMAIN);
      List<Series> series = new ArrayList<>();
      for (int i = in.u16("count"); i > 0; i--) {
        String name = in.text("name");
        MetricType type = MetricType.ofCode(in.u8("type"));
        String unit = in.text("unit");
        TreeMap<String, String> labels = new TreeMap<>();
        for (int label = in.u16("labels"); label > 0; label--) {
          labels.put(in.text("key"), in.text("value"));
        }
        series.add(new Series(name, type, unit, labels));
      }
      return Arrays.equals(SeriesSet.of(series).toBytes(), bytes);
    } catch (MalformedException | IllegalArgumentException e) {
      return false;
    }
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
