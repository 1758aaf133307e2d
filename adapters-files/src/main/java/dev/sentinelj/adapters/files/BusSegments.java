package dev.sentinelj.adapters.files;

import dev.sentinelj.core.wal.RecordFrame;
import dev.sentinelj.core.wal.SegmentHeader;
import dev.sentinelj.core.wal.TornSeqs;
import dev.sentinelj.ports.driven.BatchBus.BusFullException;
import java.io.IOException;
import java.util.Optional;

/** The segment of a bus that takes the next record; used by the writer thread alone. */
final class BusSegments {
  private final BusState bus;
  private final SegmentFiles files;
  private final BusConfig config;
  private long lastNumber;
  private Optional<ActiveSegment> active = Optional.empty();

  BusSegments(BusState bus, SegmentFiles files, BusConfig config) {
    this.bus = bus;
    this.files = files;
    this.config = config;
  }

  /** Begins a segment behind all that were found, whatever the limits say. */
  void begin(BusGround ground) throws IOException {
    lastNumber = Math.max(lastNumber, ground.found().highestNumber());
    open(config.segmentBytes());
  }

  /** Whether there is a segment and a record of {@code bytes} fits. */
  boolean hasRoom(int bytes) {
    return active.filter(segment -> bytes <= segment.room()).isPresent();
  }

  /** The segment there is. */
  ActiveSegment active() {
    return active.orElseThrow();
  }

  /**
   * The segment for a record of {@code bytes}: a new one when there is none with room.
   *
   * @throws BusFullException when there is no space for a new one
   */
  ActiveSegment withRoom(int bytes) throws IOException {
    if (!hasRoom(bytes)) {
      seal();
      requireSpace(capacity(bytes));
      open(capacity(bytes));
    }
    return active();
  }

  /** Goes on in a new segment for a record of {@code bytes}, whatever the limits say. */
  void replace(int bytes) throws IOException {
    seal();
    open(capacity(bytes));
  }

  private int capacity(int bytes) {
    return Math.max(config.segmentBytes(), SegmentHeader.BYTES + bytes + RecordFrame.sizeOf(0));
  }

  private void requireSpace(int bytes) throws IOException {
    long held = bus.withIndex(BusIndex::bytes);
    if (held >= config.maxBytes()) {
      throw new BusFullException("the bus takes " + held + " of " + config.maxBytes() + " bytes");
    }
    long free = files.usableBytes();
    if (free - bytes < config.minFreeBytes()) {
      throw new BusFullException(
          "the file system has "
              + free
              + " bytes left, of which "
              + config.minFreeBytes()
              + " stay free");
    }
  }

  private void open(int bytes) throws IOException {
    long number = ++lastNumber;
    SegmentHeader header = SegmentHeader.of(bus.creation(), number, 0, 0);
    ActiveSegment segment = ActiveSegment.create(files, header, bytes, TornSeqs.NONE);
    bus.updateIndex(index -> index.begin(number, SegmentHeader.BYTES));
    active = Optional.of(segment);
  }

  /** Whether the segment, if there is one, still has its name and its size. */
  boolean isStillThere() throws IOException {
    return active.isEmpty() || active().isStillThere();
  }

  /** Ends the segment orderly. */
  void seal() {
    active.ifPresent(segment -> {
      try {
        segment.seal(0);
        bus.updateIndex(index -> index.resize(segment.number(), segment.durable()));
      } catch (IOException e) {
        segment.abandon(); // without its seal it ends as after a crash
      }
    });
    end();
  }

  /** Lets go of the segment as it is, as after a crash. */
  void giveUp() {
    active.ifPresent(ActiveSegment::abandon);
    end();
  }

  private void end() {
    active = Optional.empty();
    bus.updateIndex(BusIndex::end);
  }
}
