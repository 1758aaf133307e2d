package dev.sentinelj.application.fuzz;

import dev.sentinelj.core.block.BlockCodec;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.wire.WireWriter;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
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
          "set", List.of(equalHashes(false), equalHashes(true), smallest(), oneLongText()),
          "block", List.of(emptyColumns(), zeros(), claims(), constants()),
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

  /** As many of the smallest series as there may be, two of them equal: found out at the end. */
  private static byte[] smallest() {
    WireWriter out = WireWriter.message(SeriesSet.DOMAIN, 1, 200_000).u16(10_000);
    for (int i = 0; i < 10_000; i++) {
      series(out, Integer.toString(Math.min(i, 9_998), 36));
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

  /** A million cells, all of them there, in as few bytes, and one byte too many. */
  private static byte[] zeros() {
    return block(2_000, 500, filled(251, 0x88));
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
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(BlockCodec.VERSION);
    out.writeBytes(new byte[32]);
    out.writeBytes(varint(rows));
    out.writeBytes(varint(series));
    if (columns.length > 0) {
      out.writeBytes(new byte[] {0, 0, 1});
      out.writeBytes(new byte[(rows - 2 + 7) / 8]);
    }
    out.writeBytes(columns);
    return out.toByteArray();
  }

  private static byte[] filled(int length, int value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  /** Plain metrics whose series all have one hash. */
  private static byte[] equalSeries() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < 30_000; i++) {
      out.writeBytes(field(6, metric(equalHashName(i), 7)));
    }
    return out.toByteArray();
  }

  /** Samples of one series at times that all have one hash. */
  private static byte[] equalTimes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (long i = 0; i < 60_000; i++) {
      out.writeBytes(field(6, metric("a", i << 32 | i)));
    }
    return out.toByteArray();
  }

  private static byte[] metric(String name, long time) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(field(1, name.getBytes(StandardCharsets.UTF_8)));
    out.writeBytes(new byte[] {3 << 3, 1, 5 << 3, 1, 7 << 3});
    out.writeBytes(varint(time));
    return out.toByteArray();
  }

  /** Groups within groups. */
  private static byte[] nestedGroups() {
    byte[] groups = new byte[200_000];
    Arrays.fill(groups, (byte) (9 << 3 | 3));
    return groups;
  }

  /** Metrics without anything in them. */
  private static byte[] onlyTags() {
    byte[] tags = new byte[200_000];
    for (int i = 0; i < tags.length; i += 2) {
      tags[i] = 6 << 3 | 2;
    }
    return tags;
  }

  /** A histogram of a thousand boundaries that repeats a long label in each of its series. */
  private static byte[] histogram() {
    ByteArrayOutputStream histogram = new ByteArrayOutputStream();
    WireWriter boundaries = new WireWriter(8_000);
    for (int i = 0; i < 1_000; i++) {
      boundaries.i64(Long.reverseBytes(Double.doubleToRawLongBits(i)));
    }
    histogram.writeBytes(field(1, boundaries.toBytes()));
    histogram.writeBytes(field(2, new byte[1_001]));
    byte[] label = field(1, new byte[] {'k'});
    byte[] value = field(2, "v".repeat(1_000).getBytes(StandardCharsets.UTF_8));
    ByteArrayOutputStream entry = new ByteArrayOutputStream();
    entry.writeBytes(label);
    entry.writeBytes(value);
    ByteArrayOutputStream metric = new ByteArrayOutputStream();
    metric.writeBytes(field(1, new byte[] {'h'}));
    metric.writeBytes(field(2, entry.toByteArray()));
    metric.writeBytes(new byte[] {3 << 3, 3});
    metric.writeBytes(field(6, histogram.toByteArray()));
    return field(6, metric.toByteArray());
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

  private static byte[] field(int number, byte[] value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(varint((long) number << 3 | 2));
    out.writeBytes(varint(value.length));
    out.writeBytes(value);
    return out.toByteArray();
  }

  private static byte[] varint(long value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      out.write((int) (rest | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
    return out.toByteArray();
  }
}
