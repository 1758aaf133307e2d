package dev.sentinelj.adapters.files;

import dev.sentinelj.core.frame.FrameAddress;
import dev.sentinelj.core.wal.RecordFrame;
import dev.sentinelj.core.wal.RecordKind;
import dev.sentinelj.core.wal.SegmentHeader;
import dev.sentinelj.core.wal.SegmentScan;
import dev.sentinelj.core.wal.StoredMessage;
import dev.sentinelj.core.wire.MalformedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Rebuilds the index of the bus from its segments, and the remembered ids from the newest of them.
 */
final class BusRecovery {
  private final SegmentFiles files;
  private final BusIdentity identity;
  private final BusIndex index = new BusIndex();
  private final List<Long> empty = new ArrayList<>();
  private long highestNumber;
  private long damaged;
  private boolean any;

  private BusRecovery(SegmentFiles files, BusIdentity identity) {
    this.files = files;
    this.identity = identity;
  }

  static BusRecovery of(SegmentFiles files, BusIdentity identity) throws IOException {
    BusRecovery recovery = new BusRecovery(files, identity);
    recovery.scan();
    return recovery;
  }

  BusIndex index() {
    return index;
  }

  long highestNumber() {
    return highestNumber;
  }

  long damaged() {
    return damaged;
  }

  /** Whether there was a segment of this bus. There always is one once it was opened. */
  boolean any() {
    return any;
  }

  /** Whether {@code queue} ended behind what was found, or with another message. */
  boolean lacksEnd(BusIdentity identity, FrameAddress queue) {
    return identity
        .end(queue)
        .filter(end -> {
          long last = index.last(queue);
          return last < end.sequence()
              || (last == end.sequence() && index.lastStamp(queue) != end.stampMillis());
        })
        .isPresent();
  }

  private void scan() throws IOException {
    List<String> names = new ArrayList<>();
    for (String name : files.list()) {
      OptionalLong number = SegmentNames.number(name);
      if (number.isPresent()) {
        highestNumber = Math.max(highestNumber, number.getAsLong());
        names.add(name);
      } else if (name.endsWith(".seg" + SegmentNames.TEMP)) {
        files.delete(name);
      }
    }
    names.sort(null);
    for (String name : names) {
      scan(name, SegmentNames.number(name).orElseThrow());
    }
  }

  private void scan(String name, long number) throws IOException {
    int length = (int) Math.min(files.size(name), Integer.MAX_VALUE - 64);
    ByteBuffer bytes = SalvagedBytes.read(files, name, 0, length);
    SegmentScan scan = SegmentScan.of(bytes);
    if (scan.header().isPresent() && isForeign(scan.header().get(), number)) {
      return;
    }
    any = true;
    damaged += scan.damages().stream().filter(damage -> !damage.torn()).count();
    index.addSegment(number, bytes.limit());
    boolean hasMessage = false;
    for (RecordFrame record : scan.records()) {
      if (record.kind().filter(RecordKind.MESSAGE::equals).isPresent()) {
        take(number, record, bytes);
        hasMessage = true;
      }
    }
    if (!hasMessage) {
      empty.add(number);
    }
    cut(name, number, scan, bytes.limit());
  }

  private boolean isForeign(SegmentHeader header, long number) {
    return header.version() != SegmentHeader.VERSION
        || header.number() != number
        || header.epoch() != identity.creation();
  }

  private void take(long number, RecordFrame record, ByteBuffer bytes) {
    try {
      StoredMessage stored = StoredMessage.parse(record.payload(bytes));
      index.recover(
          new BusIndex.Entry(
              stored.address(),
              stored.sequence(),
              stored.stampMillis(),
              stored.bytes().length,
              number,
              record.offset(),
              record.end()));
      index.remember(
          new BusIndex.MessageKey(stored.address(), stored.messageId()),
          new BusIndex.Remembered(stored.sequence(), stored.stampMillis()));
    } catch (MalformedException e) {
      damaged++;
    }
  }

  /** What was never acknowledged, or never written, need not take space. */
  private void cut(String name, long number, SegmentScan scan, int size) throws IOException {
    int keep =
        scan.damages().stream()
            .filter(damage -> !damage.torn())
            .mapToInt(SegmentScan.Damage::to)
            .reduce(scan.end(), Math::max);
    if (keep < size) {
      files.truncate(name, keep);
      index.resize(number, keep);
    }
  }

  /** Called when there is a new segment. */
  void dropEmptySegments() throws IOException {
    for (long number : empty) {
      files.delete(SegmentNames.of(number));
      index.removeSegment(number);
    }
  }
}
