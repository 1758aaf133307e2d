package dev.sentinelj.core.wal;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a segment holds, found in its bytes alone. A damaged record costs that record: the scan goes
 * on at the next intact header. It always ends, never throws, whatever the bytes are, and allocates
 * nothing by a length that it read.
 *
 * @param header empty when it is damaged
 * @param records intact ones, by offset
 * @param damages by offset; what cannot be read and is not the untouched zeros of preallocation
 * @param end the offset behind the last intact record
 * @param durableMark the greatest mark of any record: what lies before it was on the disk for good
 */
public record SegmentScan(
    Optional<SegmentHeader> header,
    List<RecordFrame> records,
    List<Damage> damages,
    int end,
    int durableMark) {

  public SegmentScan {
    records = List.copyOf(records);
    damages = List.copyOf(damages);
  }

  /**
   * @param seq of the damaged record, when its header is intact and it has one
   * @param torn true when no record vouches for these bytes: a write that never finished. Otherwise
   *     they were durable once, and this is corruption
   */
  public record Damage(int from, int to, OptionalLong seq, boolean torn) {}

  /** Whether the segment ended orderly. */
  public boolean sealed() {
    return !records.isEmpty()
        && records.getLast().kind().filter(RecordKind.SEAL::equals).isPresent();
  }

  /** Scans the bytes of {@code segment} from 0 to its limit; its position does not matter. */
  public static SegmentScan of(ByteBuffer segment) {
    return new Scanner(segment).scan();
  }

  private static final class Scanner {
    private final ByteBuffer bytes;
    private final int dataEnd;
    private final List<RecordFrame> records = new ArrayList<>();
    private final List<Damage> damages = new ArrayList<>();
    private int mark;

    Scanner(ByteBuffer bytes) {
      this.bytes = bytes;
      this.dataEnd = endOfData(bytes);
    }

    SegmentScan scan() {
      int at = SegmentHeader.BYTES;
      while (at < dataEnd) {
        Optional<RecordFrame> record = RecordFrame.at(bytes, at);
        at = record.isPresent() ? take(record.get()) : skip(at);
      }
      int end = records.isEmpty() ? SegmentHeader.BYTES : records.getLast().end();
      List<Damage> judged = damages.stream().map(damage -> judge(damage, end)).toList();
      return new SegmentScan(SegmentHeader.parse(bytes), records, judged, end, mark);
    }

    private int take(RecordFrame record) {
      if (record.durableMark() <= record.offset()) {
        mark = Math.max(mark, record.durableMark());
      }
      if (record.payloadIntact(bytes)) {
        records.add(record);
      } else {
        damages.add(new Damage(record.offset(), record.end(), seqOf(record), true));
      }
      return record.end();
    }

    /** To the next intact header, or to the end of what was written. */
    private int skip(int from) {
      int at = from + 1;
      while (at < dataEnd && RecordFrame.at(bytes, at).isEmpty()) {
        at++;
      }
      OptionalLong seq =
          RecordFrame.headerAt(bytes, from).map(Scanner::seqOf).orElse(OptionalLong.empty());
      damages.add(new Damage(from, at, seq, true));
      return at;
    }

    /** A record behind the damage was written later: order vouches as a mark does. */
    private Damage judge(Damage damage, int end) {
      boolean torn = damage.from() >= mark && damage.from() >= end;
      return new Damage(damage.from(), damage.to(), damage.seq(), torn);
    }

    private static OptionalLong seqOf(RecordFrame record) {
      boolean counts =
          record
              .kind()
              .filter(kind -> kind == RecordKind.BATCH || kind == RecordKind.MESSAGE)
              .isPresent();
      return counts ? OptionalLong.of(record.seq()) : OptionalLong.empty();
    }

    private static int endOfData(ByteBuffer bytes) {
      int end = bytes.limit();
      while (end >= 8 && bytes.getLong(end - 8) == 0) {
        end -= 8;
      }
      while (end > 0 && bytes.get(end - 1) == 0) {
        end--;
      }
      return end;
    }
  }
}
