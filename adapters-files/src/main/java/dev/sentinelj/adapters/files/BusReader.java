package dev.sentinelj.adapters.files;

import dev.sentinelj.core.wal.RecordFrame;
import dev.sentinelj.core.wal.StoredMessage;
import dev.sentinelj.core.wire.MalformedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads durable messages of the bus, checking each again. Thread safe. */
final class BusReader {
  /** Foreign messages between two wanted ones are read along when they are shorter than this. */
  private static final int MAX_READ_ALONG = 64 << 10;

  private static final int MAX_READ = 8 << 20;

  private final SegmentFiles files;

  BusReader(SegmentFiles files) {
    this.files = files;
  }

  /** {@code entries} cut into runs that are worth one read each, all in order. */
  static List<List<BusIndex.Entry>> runs(List<BusIndex.Entry> entries) {
    List<List<BusIndex.Entry>> runs = new ArrayList<>();
    int from = 0;
    for (int to = 1; to <= entries.size(); to++) {
      if (to == entries.size()
          || !belongs(entries.get(from), entries.get(to - 1), entries.get(to))) {
        runs.add(entries.subList(from, to));
        from = to;
      }
    }
    return runs;
  }

  private static boolean belongs(BusIndex.Entry first, BusIndex.Entry before, BusIndex.Entry next) {
    int between = next.offset() - before.end();
    return next.segment() == first.segment()
        && between >= 0
        && between <= MAX_READ_ALONG
        && next.end() - first.offset() <= MAX_READ;
  }

  /** The messages of a run in its order; empty where one cannot be read any more. */
  List<Optional<StoredMessage>> read(List<BusIndex.Entry> run) throws IOException {
    int from = run.getFirst().offset();
    ByteBuffer bytes = bytes(run.getFirst(), run.getLast().end() - from);
    return run.stream().map(entry -> message(bytes, entry, from)).toList();
  }

  /** The payload of a message's record, if it is intact. */
  Optional<byte[]> payload(BusIndex.Entry entry) throws IOException {
    return RecordFrame.payloadAt(bytes(entry, entry.length()), 0);
  }

  /** Where the disk fails there is something that no message looks like. */
  private ByteBuffer bytes(BusIndex.Entry first, int length) throws IOException {
    return SalvagedBytes.read(files, SegmentNames.of(first.segment()), first.offset(), length);
  }

  /** The message of {@code entry} in bytes that were read from {@code base} on, if it is there. */
  private static Optional<StoredMessage> message(ByteBuffer bytes, BusIndex.Entry entry, int base) {
    try {
      return RecordFrame.payloadAt(bytes, entry.offset() - base)
          .map(StoredMessage::parse)
          .filter(stored ->
              stored.address().equals(entry.address())
                  && stored.sequence() == entry.sequence()
                  && stored.stampMillis() == entry.stampMillis());
    } catch (MalformedException e) {
      return Optional.empty();
    }
  }
}
