package dev.sentinelj.application.fuzz;

import dev.sentinelj.core.block.BlockCodec;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.wire.WireWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** What somebody would send who read the sources. By the name of the target. */
final class HostileInputs {
  private HostileInputs() {}

  static List<byte[]> of(String target) {
    return BY_TARGET.getOrDefault(target, List.of());
  }

  private static final Map<String, List<byte[]>> BY_TARGET =
      Map.of(
          "set",
              List.of(
                  equalHashes(false),
                  equalHashes(true),
                  smallest(9_998),
                  smallest(9_999),
                  oneLongText()),
          "block", List.of(emptyColumns(), zeros(250), zeros(251), claims(), constants()),
          "body", List.of(equalSeries(), equalTimes(), nestedGroups(), onlyTags(), histogram()),
          "envelope", List.of(longText("sentinel/envelope", 65_535), longText("x", 65_535)),
          "header", List.of(longText("sentinel/batch-header", 65_535)),
          "segment", List.of(magics()));

  /** The greatest set whose series all have one hash; the last one may be there twice. */
  private static byte[] equalHashes(boolean twice) {
    int count = 8_192;
    WireWriter out =
        WireWriter.message(SeriesSet.DOMAIN, 1, 400_000).u16(twice ? count + 1 : count);
    for (int i = 0; i < count; i++) {
      series(out, equalHashName(i));
    }
    if (twice) {
      series(out, equalHashName(count / 2));
    }
    return out.toBytes();
  }

  /** "Aa" and "BB" have one hash. */
  private static String equalHashName(int number) {
    StringBuilder name = new StringBuilder();
    for (int bit = 0; bit < 16; bit++) {
      name.append((number >> bit & 1) == 0 ? "Aa" : "BB");
    }
    return name.toString();
  }

  /**
   * As many of the smallest series as there may be.
   *
   * @param names 9,998: two of them are equal, which is found out at the end; 9,999: all differ
   */
  private static byte[] smallest(int names) {
    WireWriter out = WireWriter.message(SeriesSet.DOMAIN, 1, 200_000).u16(10_000);
    for (int i = 0; i < 10_000; i++) {
      series(out, Integer.toString(Math.min(i, names), 36));
    }
    return out.toBytes();
  }

  private static byte[] oneLongText() {
    return WireWriter.message(SeriesSet.DOMAIN, 1, 70_000)
        .u16(1)
        .text("\u00e4".repeat(32_000))
        .toBytes();
  }

  private static void series(WireWriter out, String name) {
    out.text(name).u8(1).text("").u16(0);
  }

  /** A million cells, none of them there, in a few hundred bytes. */
  private static byte[] emptyColumns() {
    return block(2_000, 500, filled(250, 0));
  }

  /** A million cells, all of them there, in as few bytes: 250 of them, or one too many. */
  private static byte[] zeros(int bytes) {
    return block(2_000, 500, filled(bytes, 0x88));
  }

  /** A million cells in forty bytes. */
  private static byte[] claims() {
    return block(1_000, 1_000, new byte[0]);
  }

  /** Columns of one number for many rows, the last one cut off. */
  private static byte[] constants() {
    byte[] columns = filled(120 + 2 * 240 - 1, 0);
    Arrays.fill(columns, 0, 120, (byte) 0x11);
    return block(4_000, 240, columns);
  }

  private static byte[] block(int rows, int series, byte[] columns) {
    ProtoBytes out = new ProtoBytes().raw((byte) BlockCodec.VERSION).raw(new byte[32]);
    out.varint(rows).varint(series);
    if (columns.length > 0) {
      out.raw((byte) 0, (byte) 0, (byte) 1).raw(new byte[(rows - 2 + 7) / 8]);
    }
    return out.raw(columns).toBytes();
  }

  private static byte[] filled(int length, int value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  /** Plain metrics whose series all have one hash. */
  private static byte[] equalSeries() {
    ProtoBytes out = new ProtoBytes();
    for (int i = 0; i < 30_000; i++) {
      out.bytes(6, metric(equalHashName(i), 7));
    }
    return out.toBytes();
  }

  /** Samples of one series at times that all have one hash. */
  private static byte[] equalTimes() {
    ProtoBytes out = new ProtoBytes();
    for (long i = 0; i < 60_000; i++) {
      out.bytes(6, metric("a", i << 32 | i));
    }
    return out.toBytes();
  }

  private static ProtoBytes metric(String name, long time) {
    return new ProtoBytes().text(1, name).number(3, 1).number(5, 1).number(7, time);
  }

  /** Groups within groups. */
  private static byte[] nestedGroups() {
    return filled(200_000, 9 << 3 | 3);
  }

  /** Metrics without anything in them. */
  private static byte[] onlyTags() {
    ProtoBytes tags = new ProtoBytes();
    for (int i = 0; i < 100_000; i++) {
      tags.bytes(6, new byte[0]);
    }
    return tags.toBytes();
  }

  /** A histogram of a thousand boundaries that repeats a long label in each of its series. */
  private static byte[] histogram() {
    ProtoBytes boundaries = new ProtoBytes();
    for (int i = 0; i < 1_000; i++) {
      boundaries.bits(i);
    }
    ProtoBytes histogram = new ProtoBytes().bytes(1, boundaries).bytes(2, new byte[1_001]);
    ProtoBytes metric = new ProtoBytes().text(1, "h").entry(2, "k", "v".repeat(1_000)).number(3, 3);
    return new ProtoBytes().bytes(6, metric.bytes(6, histogram)).toBytes();
  }

  private static byte[] longText(String domain, int length) {
    byte[] text = new byte[length];
    Arrays.fill(text, (byte) 0xC3);
    return new WireWriter(70_000)
        .text(domain)
        .u8(1)
        .u8(1)
        .raw(new byte[31])
        .shortBytes(text)
        .toBytes();
  }

  /** Nothing but the magic number of a record. */
  private static byte[] magics() {
    WireWriter out = new WireWriter(200_000);
    for (int i = 0; i < 50_000; i++) {
      out.i32(0x534A5243);
    }
    return out.toBytes();
  }
}
