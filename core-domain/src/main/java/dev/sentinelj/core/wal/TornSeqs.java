package dev.sentinelj.core.wal;

import dev.sentinelj.core.progress.SeqRanges.Range;
import dev.sentinelj.core.wire.MalformedException;
import dev.sentinelj.core.wire.WireReader;
import dev.sentinelj.core.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * Seqs that a log ever took for torn, as they stand in a record: the loss records that named them
 * are deleted one day, and what the database has under them must not be counted by the log then
 * either.
 *
 * <p>Layout: u16 count, then per range i64 from, i64 to (both inclusive).
 *
 * @param ranges ascending; beyond {@value #MAX_RANGES} the oldest are forgotten
 */
public record TornSeqs(List<Range> ranges) {
  public static final int MAX_RANGES = 10_000;

  public static final TornSeqs NONE = new TornSeqs(List.of());

  private static final int RANGE_BYTES = 2 * Long.BYTES;

  public TornSeqs {
    ranges = List.copyOf(ranges.subList(Math.max(0, ranges.size() - MAX_RANGES), ranges.size()));
  }

  public byte[] toBytes() {
    WireWriter out = new WireWriter(2 + RANGE_BYTES * ranges.size()).u16(ranges.size());
    ranges.forEach(range -> out.i64(range.from()).i64(range.to()));
    return out.toBytes();
  }

  /**
   * @throws MalformedException when {@code bytes} is no such record
   */
  public static TornSeqs parse(byte[] bytes) {
    WireReader in = new WireReader(bytes);
    int count = in.u16("count");
    if (count > MAX_RANGES || in.remaining() != RANGE_BYTES * count) {
      throw new MalformedException("ranges that are not as many as are counted");
    }
    try {
      List<Range> ranges = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        ranges.add(new Range(in.i64("from"), in.i64("to")));
      }
      return new TornSeqs(ranges);
    } catch (IllegalArgumentException e) {
      throw new MalformedException(String.valueOf(e.getMessage()), e);
    }
  }
}
