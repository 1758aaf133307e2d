package dev.sentinelj.adapters.files;

import dev.sentinelj.core.wal.RecordFrame;
import dev.sentinelj.core.wal.SegmentHeader;
import dev.sentinelj.ports.driven.BatchLog.LogFullException;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/**
 * How much room a log has under its limits. New data keep both; what must find room is not bound by
 * the cap, because there is no more of it than of what is held already, and by a reserve only in
 * the place of the space to be left free.
 */
final class WalRoom {
  /**
   * What stays free of the file system where a record must find room, in the place of {@link
   * WalConfig#minFreeBytes}: copies end a log that takes more than they need, and a loss record
   * lets a segment go.
   */
  static final long RESERVE_BYTES = 4L << 20;

  /** What a segment holds beside its records: header and seal. */
  private static final int FRAMING_BYTES = SegmentHeader.BYTES + RecordFrame.sizeOf(0);

  private final WalState log;
  private final SegmentFiles files;
  private final WalConfig config;

  WalRoom(WalState log, SegmentFiles files, WalConfig config) {
    this.log = log;
    this.files = files;
    this.config = config;
  }

  /**
   * Whether the log takes more than its cap. Then its last segment takes no new data either: all
   * that lies beyond the cap is what had to find room.
   */
  boolean isBeyondCap() {
    return log.bytesHeld() > config.maxBytes();
  }

  /**
   * How large a new segment is that takes the first of {@code waiting} at least.
   *
   * @throws LogFullException when there is no room for one
   */
  int segmentFor(List<WalWriter.Append> waiting) throws IOException {
    WalWriter.Append first = waiting.getFirst();
    int least = FRAMING_BYTES + first.needed(Set.of());
    int bytes = Math.max(config.segmentBytes(), least);
    if (!first.mustFindRoom()) {
      require(bytes);
      return bytes;
    }
    return leavesEnough(bytes) ? bytes : segmentInReserve(waiting, least);
  }

  /** Takes no more than what waits and must find room needs, and as much of that as there is. */
  private int segmentInReserve(List<WalWriter.Append> waiting, int least) throws IOException {
    long free = files.usableBytes();
    long most = free - Math.min(RESERVE_BYTES, config.minFreeBytes());
    if (least > most) {
      throw new LogFullException("the file system has " + free + " bytes left");
    }
    long wanted =
        waiting.stream()
            .filter(WalWriter.Append::mustFindRoom)
            .mapToLong(append -> append.needed(Set.of()))
            .reduce(FRAMING_BYTES, Long::sum);
    return (int) Math.max(least, Math.min(wanted, Math.min(most, config.segmentBytes())));
  }

  /**
   * @throws LogFullException when new data get no segment of {@code bytes}
   */
  void require(int bytes) throws IOException {
    if (log.bytesHeld() + bytes > config.maxBytes()) {
      throw full(bytes);
    }
    if (!leavesEnough(bytes)) {
      throw new LogFullException(
          "the file system has "
              + files.usableBytes()
              + " bytes left, of which "
              + config.minFreeBytes()
              + " stay free");
    }
  }

  private boolean leavesEnough(int bytes) throws IOException {
    return files.usableBytes() - bytes >= config.minFreeBytes();
  }

  LogFullException full(int bytes) {
    return new LogFullException(
        "the log takes "
            + log.bytesHeld()
            + " of "
            + config.maxBytes()
            + " bytes and needs "
            + bytes);
  }
}
