package dev.sentinelj.core.batch;

import dev.sentinelj.core.wire.MalformedException;
import dev.sentinelj.core.wire.WireReader;
import dev.sentinelj.core.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * The body of a batch of kind {@link BatchKind#MOVED}: the last word of one log on an epoch that
 * was closed. It stands behind the last copy, so everything it names is in the new epoch already.
 *
 * <p>Of the {@code samples} this log counted in the closed epoch, those under {@link #moved()} live
 * on in the epoch of this record's batch, those under {@link #lost()} are gone, and all others must
 * be in the ledger of the closed epoch under seqs 1 to {@code lastSeq}.
 *
 * <p>Layout: text {@value #DOMAIN}, u8 version 1, i64 closed epoch, i64 last_seq, i64 samples, u16
 * count of moved, then per entry i64 from, i64 to (both inclusive), i64 samples; u16 count of lost,
 * then per entry as in a {@link LossRecord}.
 *
 * @param epoch the closed epoch, of the same agent
 * @param lastSeq the last seq that this log gave out in it; 0 for none
 * @param samples the running count of samples of this log at that seq
 * @param moved seqs whose content was carried over, and with 0 samples those that this log took for
 *     torn, because whatever the ledger has there it counted on without: ascending, apart
 * @param lost seqs that this log could not read any more and that no loss record names
 */
public record MovedRecord(
    long epoch, long lastSeq, long samples, List<Entry> moved, List<LossRecord.Entry> lost) {
  public static final String DOMAIN = "sentinel/moved";

  /** Beyond so many ranges the last one spans the rest: what is copied needlessly has no effect. */
  public static final int MAX_ENTRIES = 10_000;

  private static final int VERSION = 1;
  private static final int MOVED_BYTES = 3 * Long.BYTES;

  public MovedRecord {
    moved = List.copyOf(moved);
    lost = List.copyOf(lost);
    if (lastSeq < 0 || samples < 0 || moved.size() > MAX_ENTRIES || lost.size() > MAX_ENTRIES) {
      throw new IllegalArgumentException(
          "a moved record up to seq " + lastSeq + " with " + moved.size() + " ranges");
    }
    long before = 0;
    for (Entry entry : moved) {
      if (entry.from() <= before || entry.to() > lastSeq) {
        throw new IllegalArgumentException("moved ranges overlap or end behind " + lastSeq);
      }
      before = entry.to();
    }
  }

  /**
   * @param from first moved seq
   * @param to last moved seq, inclusive
   * @param samples how many samples they hold
   */
  public record Entry(long from, long to, long samples) {
    public Entry {
      if (from < 1 || to < from || samples < 0) {
        throw new IllegalArgumentException(
            "bad range: " + from + ".." + to + ", " + samples + " samples");
      }
    }
  }

  /** How many samples live on in the new epoch, as far as a long goes. */
  public long movedSamples() {
    return moved.stream().mapToLong(Entry::samples).reduce(0, MovedRecord::sum);
  }

  private static long sum(long one, long other) {
    return one + other < 0 ? Long.MAX_VALUE : one + other;
  }

  public byte[] toBytes() {
    WireWriter out =
        WireWriter.message(
                DOMAIN,
                VERSION,
                64 + MOVED_BYTES * moved.size() + LossRecord.ENTRY_BYTES * lost.size())
            .i64(epoch)
            .i64(lastSeq)
            .i64(samples)
            .u16(moved.size());
    moved.forEach(entry -> out.i64(entry.from()).i64(entry.to()).i64(entry.samples()));
    out.u16(lost.size());
    LossRecord.writeEntries(out, lost);
    return out.toBytes();
  }

  /**
   * @throws MalformedException when {@code bytes} is not a moved record of version 1
   */
  public static MovedRecord parse(byte[] bytes) {
    WireReader in = new WireReader(bytes);
    if (in.message(DOMAIN) != VERSION) {
      throw new MalformedException("unknown version of a moved record");
    }
    try {
      MovedRecord record =
          new MovedRecord(
              in.i64("epoch"), in.i64("last_seq"), in.i64("samples"), moved(in), lost(in));
      in.end();
      return record;
    } catch (IllegalArgumentException e) {
      throw new MalformedException(String.valueOf(e.getMessage()), e);
    }
  }

  private static List<Entry> moved(WireReader in) {
    int count = count(in, "count of moved", MOVED_BYTES);
    List<Entry> entries = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      entries.add(new Entry(in.i64("from"), in.i64("to"), in.i64("samples")));
    }
    return entries;
  }

  private static List<LossRecord.Entry> lost(WireReader in) {
    return LossRecord.readEntries(in, count(in, "count of lost", LossRecord.ENTRY_BYTES));
  }

  /** Counted before anything is allocated for them. */
  private static int count(WireReader in, String field, int bytesEach) {
    int count = in.u16(field);
    if (count > MAX_ENTRIES || in.remaining() / bytesEach < count) {
      throw new MalformedException(field + " beyond what is there");
    }
    return count;
  }
}
