package dev.sentinelj.adapters.files;

import dev.sentinelj.core.frame.FrameAddress;
import dev.sentinelj.core.wal.RecordFrame;
import dev.sentinelj.core.wal.RecordKind;
import dev.sentinelj.core.wal.SegmentHeader;
import dev.sentinelj.core.wal.StoredMessage;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.BatchBus.BusFullException;
import dev.sentinelj.ports.driven.BusPosition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/** The writing half of a {@link FileBatchBus}; used by its writer thread alone. */
final class BusWriter {
  private final FileBatchBus bus;
  private final SegmentFiles files;
  private final BusConfig config;
  private final LongSupplier wallMillis;
  private long lastNumber;
  private long lastStamp;
  private Optional<Active> active = Optional.empty();
  private boolean gone;

  /** Which segment takes messages; 0 when none does. Read by any thread. */
  private volatile long activeNumber;

  private record Active(ActiveSegment file, BusIndex.Segment index) {}

  record Publish(
      FrameAddress address, String id, byte[] bytes, CompletableFuture<BusPosition> done) {
    BusIndex.MessageKey key() {
      return new BusIndex.MessageKey(address, id);
    }
  }

  /** A publish with what it will be answered. */
  private record Answer(Publish publish, BusIndex.Remembered position) {}

  BusWriter(
      FileBatchBus bus,
      SegmentFiles files,
      BusConfig config,
      LongSupplier wallMillis,
      BusRecovery found) {
    this.bus = bus;
    this.files = files;
    this.config = config;
    this.wallMillis = wallMillis;
    this.lastNumber = found.highestNumber();
    this.lastStamp = found.index().lastStamp();
  }

  long activeNumber() {
    return activeNumber;
  }

  void beginFirst() throws IOException {
    open(config.segmentBytes());
  }

  /** Writes, syncs and answers {@code group} in order; after a failed sync once more elsewhere. */
  void commit(List<Publish> group) {
    boolean tried = false;
    int done = 0;
    while (done < group.size()) {
      List<Publish> rest = group.subList(done, group.size());
      try {
        done += commitRun(rest);
        tried = false;
      } catch (BusFullException | PortUnavailableException e) {
        rest.forEach(publish -> publish.done().completeExceptionally(e));
        break;
      } catch (IOException e) {
        giveUpSegment();
        if (tried) {
          PortUnavailableException failed = new PortUnavailableException("writing the bus", e);
          rest.forEach(publish -> publish.done().completeExceptionally(failed));
          break;
        }
        tried = true;
      }
    }
    if (done > 0) {
      bus.arrived();
    }
  }

  /** Commits as many as fit one segment, at least one. */
  private int commitRun(List<Publish> publishes) throws IOException {
    requireDirectory();
    Active segment = activeFor(publishes.getFirst());
    List<Answer> answers = new ArrayList<>();
    List<BusIndex.Entry> entries = new ArrayList<>();
    Map<BusIndex.MessageKey, BusIndex.Remembered> now = new HashMap<>();
    Map<FrameAddress, Long> sequences = new HashMap<>();
    for (Publish publish : publishes) {
      Optional<BusIndex.Remembered> before =
          Optional.ofNullable(now.get(publish.key()))
              .or(() -> bus.withIndex(index -> index.remembered(publish.key())));
      if (before.isPresent()) {
        answers.add(new Answer(publish, before.get()));
        continue;
      }
      StoredMessage message = next(publish, sequences);
      byte[] payload = message.toBytes();
      if (RecordFrame.sizeOf(payload.length) > segment.file().room()) {
        break;
      }
      sequences.put(publish.address(), message.sequence());
      lastStamp = message.stampMillis();
      entries.add(place(segment, message, payload));
      BusIndex.Remembered position =
          new BusIndex.Remembered(message.sequence(), message.stampMillis());
      now.put(publish.key(), position);
      answers.add(new Answer(publish, position));
    }
    makeDurable(segment, entries, now);
    answers.forEach(this::complete);
    return answers.size();
  }

  private StoredMessage next(Publish publish, Map<FrameAddress, Long> sequences) {
    FrameAddress address = publish.address();
    long last = sequences.getOrDefault(address, bus.withIndex(index -> index.last(address)));
    long stamp = Math.max(lastStamp, wallMillis.getAsLong());
    return new StoredMessage(address, last + 1, stamp, publish.id(), publish.bytes());
  }

  private static BusIndex.Entry place(Active segment, StoredMessage message, byte[] payload) {
    int offset = segment.file().add(RecordKind.MESSAGE, message.sequence(), payload);
    return new BusIndex.Entry(
        message.address(),
        message.sequence(),
        message.stampMillis(),
        message.bytes().length,
        segment.index().number(),
        offset,
        offset + RecordFrame.sizeOf(payload.length));
  }

  private void makeDurable(
      Active segment,
      List<BusIndex.Entry> entries,
      Map<BusIndex.MessageKey, BusIndex.Remembered> ids)
      throws IOException {
    if (entries.isEmpty()) {
      return;
    }
    segment.file().commit();
    requireDirectory();
    bus.withIndex(index -> {
      entries.forEach(index::add);
      ids.forEach(index::remember);
      segment.index().bytes(segment.file().durable());
      return index;
    });
  }

  private void complete(Answer answer) {
    BusIndex.Remembered at = answer.position();
    Publish publish = answer.publish();
    publish.done().complete(bus.position(publish.address(), at.sequence(), at.stampMillis()));
  }

  /** A file that has no name any more takes writes gladly and keeps nothing. */
  private void requireDirectory() {
    try {
      gone = gone || (active.isPresent() && !active.get().file().isStillThere());
    } catch (IOException e) {
      throw new PortUnavailableException("looking at the directory of the bus", e);
    }
    if (gone) {
      throw new PortUnavailableException(
          "the directory of the bus was removed while it was open: start again");
    }
  }

  private Active activeFor(Publish publish) throws IOException {
    int needed = RecordFrame.sizeOf(publish.bytes().length) + 4 * publish.id().length() + 64;
    if (active.filter(open -> needed <= open.file().room()).isEmpty()) {
      sealActive();
      int overhead = SegmentHeader.BYTES + RecordFrame.sizeOf(0);
      begin(Math.max(config.segmentBytes(), needed + overhead));
    }
    return active.orElseThrow();
  }

  private void begin(int bytes) throws IOException {
    long held = bus.withIndex(BusIndex::bytes);
    if (held + bytes > config.maxBytes()) {
      throw new BusFullException(
          "the bus takes " + held + " of " + config.maxBytes() + " bytes and needs " + bytes);
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
    open(bytes);
  }

  private void open(int bytes) throws IOException {
    long number = ++lastNumber;
    SegmentHeader header = SegmentHeader.of(bus.creation(), number, 0, 0);
    ActiveSegment file = ActiveSegment.create(files, header, bytes);
    BusIndex.Segment segment = new BusIndex.Segment(number, SegmentHeader.BYTES);
    bus.withIndex(index -> {
      index.addSegment(segment);
      return index;
    });
    active = Optional.of(new Active(file, segment));
    activeNumber = number;
  }

  /**
   * Deletes segments that hold nothing but messages kept at a forgotten position, after writing
   * those again at the end.
   */
  void freeSegments() {
    try {
      Optional<BusIndex.Segment> free = bus.withIndex(index -> index.freeable(activeNumber));
      while (free.isPresent() && !gone) {
        long number = free.get().number();
        carry(bus.withIndex(index -> index.kept(number)));
        files.delete(SegmentNames.of(number));
        files.forceDirectory();
        bus.withIndex(index -> {
          index.removeSegment(number);
          return index;
        });
        free = bus.withIndex(index -> index.freeable(activeNumber));
      }
    } catch (IOException e) {
      giveUpSegment(); // the next forgetting tries again
    }
  }

  private void carry(List<BusIndex.Entry> entries) throws IOException {
    List<BusIndex.Entry> moved = new ArrayList<>();
    for (BusIndex.Entry entry : entries) {
      ByteBuffer bytes =
          files.read(SegmentNames.of(entry.segment()), entry.offset(), entry.length());
      Optional<byte[]> payload =
          RecordFrame.at(bytes, 0)
              .filter(record -> record.payloadIntact(bytes))
              .map(record -> record.payload(bytes));
      if (payload.isPresent()) {
        int needed = entry.length() + RecordFrame.sizeOf(0);
        if (active.filter(open -> needed <= open.file().room()).isEmpty()) {
          makeMoved(moved);
          sealActive();
          open(Math.max(config.segmentBytes(), needed + SegmentHeader.BYTES));
        }
        Active to = active.orElseThrow();
        int offset = to.file().add(RecordKind.MESSAGE, entry.sequence(), payload.get());
        moved.add(
            new BusIndex.Entry(
                entry.address(),
                entry.sequence(),
                entry.stampMillis(),
                entry.bytes(),
                to.index().number(),
                offset,
                offset + entry.length()));
      }
    }
    makeMoved(moved);
  }

  private void makeMoved(List<BusIndex.Entry> moved) throws IOException {
    if (!moved.isEmpty()) {
      makeDurable(active.orElseThrow(), moved, Map.of());
      moved.clear();
    }
  }

  /** Ends the log orderly. */
  void end() {
    sealActive();
  }

  private void sealActive() {
    active.ifPresent(segment -> {
      try {
        segment.file().seal(0);
        int bytes = segment.file().durable();
        bus.withIndex(index -> {
          segment.index().bytes(bytes);
          return index;
        });
      } catch (IOException e) {
        segment.file().abandon(); // without its seal it ends as after a crash
      }
    });
    active = Optional.empty();
    activeNumber = 0;
  }

  private void giveUpSegment() {
    active.ifPresent(segment -> segment.file().abandon());
    active = Optional.empty();
    activeNumber = 0;
  }
}
