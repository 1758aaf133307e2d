package dev.sentinelj.core.batch;

import dev.sentinelj.core.wire.MalformedException;
import dev.sentinelj.core.wire.WireReader;
import dev.sentinelj.core.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * The body of a batch of kind {@link BatchKind#LOSS}: sequence numbers of the same epoch whose
 * samples are gone.
 *
 * <p>Layout: text {@value #DOMAIN}, u8 version 1, u16 count, then per entry i64 from, i64 to (both
 * inclusive), i64 samples, u8 reason.
 */
public record LossRecord(List<Entry> entries) {
  public static final String DOMAIN = "sentinel/loss";
  public static final int MAX_ENTRIES = 1_000;
  private static final int VERSION = 1;
  static final int ENTRY_BYTES = 3 * Long.BYTES + 1;

  public LossRecord {
    entries = List.copyOf(entries);
    if (entries.isEmpty() || entries.size() > MAX_ENTRIES) {
      throw new IllegalArgumentException("a loss record has 1 to " + MAX_ENTRIES + " entries");
    }
  }

  /**
   * @param from first lost seq
   * @param to last lost seq, inclusive
   * @param samples how many samples they held; 0 when torn
   */
  public record Entry(long from, long to, long samples, LossReason reason) {
    public Entry {
      if (from < 1 || to < from || samples < 0) {
        throw new IllegalArgumentException(
            "bad loss: " + from + ".." + to + ", " + samples + " samples");
      }
    }
  }

  public byte[] toBytes() {
    WireWriter out =
        WireWriter.message(DOMAIN, VERSION, 32 + ENTRY_BYTES * entries.size()).u16(entries.size());
    writeEntries(out, entries);
    return out.toBytes();
  }

  static void writeEntries(WireWriter out, List<Entry> entries) {
    for (Entry entry : entries) {
      out.i64(entry.from()).i64(entry.to()).i64(entry.samples()).u8(entry.reason().code());
    }
  }

  /**
   * @throws MalformedException when {@code bytes} is not a loss record of version 1
   */
  public static LossRecord parse(byte[] bytes) {
    WireReader in = new WireReader(bytes);
    if (in.message(DOMAIN) != VERSION) {
      throw new MalformedException("unknown version of a loss record");
    }
    try {
      int count = in.u16("count");
      if (count > MAX_ENTRIES || in.remaining() != ENTRY_BYTES * count) {
        throw new MalformedException("entries that are not as many as a loss record counts");
      }
      return new LossRecord(readEntries(in, count));
    } catch (IllegalArgumentException e) {
      throw new MalformedException(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * @throws IllegalArgumentException when one of them is none
   */
  static List<Entry> readEntries(WireReader in, int count) {
    List<Entry> entries = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      entries.add(
          new Entry(
              in.i64("from"), in.i64("to"), in.i64("samples"), LossReason.ofCode(in.u8("reason"))));
    }
    return entries;
  }
}
