package dev.sentinelj.core.metric;

import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.wire.MalformedException;
import dev.sentinelj.core.wire.WireReader;
import dev.sentinelj.core.wire.WireWriter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An ordered list of distinct series, identified by the hash of its bytes. Batches name a set by
 * that hash instead of repeating names and labels; the position in the list is the column of the
 * series.
 *
 * <p>The bytes: domain string {@value #DOMAIN}, version 1, u16 count, then per series text name, u8
 * type, text unit, u16 label count, and per label, sorted by key, text key and text value.
 */
public final class SeriesSet {
  public static final String DOMAIN = "sentinel/series-set";
  public static final int MAX_SERIES = 10_000;
  public static final int MAX_BYTES = 1 << 20;
  static final int VERSION = 1;

  private final List<Series> series;
  private final byte[] bytes;
  private final Sha256 hash;

  private SeriesSet(List<Series> series, byte[] bytes) {
    this.series = series;
    this.bytes = bytes;
    this.hash = Sha256.of(bytes);
  }

  /**
   * @throws IllegalArgumentException when {@code series} is empty, longer than {@value
   *     #MAX_SERIES}, encodes to more than {@value #MAX_BYTES} bytes, or names one series twice
   */
  public static SeriesSet of(List<Series> series) {
    List<Series> copy = List.copyOf(series);
    if (copy.isEmpty() || copy.size() > MAX_SERIES) {
      throw new IllegalArgumentException(
          "a set has 1 to " + MAX_SERIES + " series, not " + copy.size());
    }
    if (new HashSet<>(copy).size() != copy.size()) {
      throw new IllegalArgumentException("a set names one series twice");
    }
    byte[] bytes = encode(copy);
    if (bytes.length > MAX_BYTES) {
      throw new IllegalArgumentException(
          "a set has at most " + MAX_BYTES + " bytes, not " + bytes.length);
    }
    return new SeriesSet(copy, bytes);
  }

  /**
   * Whether {@link #parse} takes {@code bytes}, found out without making anything of them.
   *
   * @throws MalformedException when {@code bytes} is not the one encoding of a valid set; refusing
   *     them allocates no more than their length and a constant
   */
  public static void check(byte[] bytes) {
    SetCheck.check(bytes);
  }

  /**
   * The set with exactly these bytes.
   *
   * @throws MalformedException when {@code bytes} is not the one encoding of a valid set
   */
  public static SeriesSet parse(byte[] bytes) {
    check(bytes);
    WireReader in = new WireReader(bytes);
    in.message(DOMAIN);
    int count = in.u16("series count");
    List<Series> series = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      series.add(readSeries(in));
    }
    return new SeriesSet(List.copyOf(series), bytes.clone());
  }

  public List<Series> series() {
    return series;
  }

  public int size() {
    return series.size();
  }

  public Sha256 hash() {
    return hash;
  }

  /** A copy of the bytes whose hash identifies this set. */
  public byte[] toBytes() {
    return bytes.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SeriesSet set && set.hash.equals(hash);
  }

  @Override
  public int hashCode() {
    return hash.hashCode();
  }

  @Override
  public String toString() {
    return "SeriesSet[" + series.size() + " series, " + hash + "]";
  }

  private static byte[] encode(List<Series> series) {
    WireWriter out = WireWriter.message(DOMAIN, VERSION, 64 * series.size()).u16(series.size());
    for (Series one : series) {
      out.text(one.name()).u8(one.type().code()).text(one.unit()).u16(one.labels().size());
      for (Map.Entry<String, String> label : one.labels().entrySet()) {
        out.text(label.getKey()).text(label.getValue());
      }
    }
    return out.toBytes();
  }

  private static Series readSeries(WireReader in) {
    String name = in.text("name");
    MetricType type = MetricType.ofCode(in.u8("type"));
    String unit = in.text("unit");
    SortedMap<String, String> labels = new TreeMap<>();
    int count = in.u16("label count");
    for (int i = 0; i < count; i++) {
      labels.put(in.text("label key"), in.text("label value"));
    }
    return new Series(name, type, unit, labels);
  }
}
