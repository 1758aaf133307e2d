package dev.sentinelj.adapters.files;

import dev.sentinelj.core.failpoint.Failpoint;
import dev.sentinelj.core.frame.FrameAddress;
import dev.sentinelj.core.wal.RecordFrame;
import dev.sentinelj.core.wal.RecordKind;
import dev.sentinelj.core.wal.StoredMessage;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.BatchBus.BusFullException;
import dev.sentinelj.ports.driven.BusPosition;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/**
 * The writing half of a {@link FileBatchBus}; used by its writer thread alone.
 *
 * <p>Longer than most files because whatever is written, carried or freed has to make sure first
 * that the directory is still the one it is taken for.
 */
final class BusWriter {
  private final BusState bus;
  private final SegmentFiles files;
  private final BusReader reader;
  private final LongSupplier wallMillis;
  private final Runnable arrived;
  private final BusSegments segments;
  private long lastStamp;
  private boolean gone;

  record Publish(
      FrameAddress address, String id, byte[] bytes, CompletableFuture<BusPosition> done) {
    BusIndex.MessageKey key() {
      return new BusIndex.MessageKey(address, id);
    }
  }

  /** A publish with what it will be answered. */
  private record Answer(Publish publish, BusIndex.Remembered position) {}

  /**
   * @param arrived runs when a group was written of which anything is new
   */
  BusWriter(
      BusState bus,
      SegmentFiles files,
      BusConfig config,
      LongSupplier wallMillis,
      Runnable arrived) {
    this.bus = bus;
    this.files = files;
    this.reader = new BusReader(files);
    this.segments = new BusSegments(bus, files, config);
    this.wallMillis = wallMillis;
    this.arrived = arrived;
  }

  /** Begins writing where {@code ground} was found. */
  void begin(BusGround ground) throws IOException {
    lastStamp = Math.max(lastStamp, ground.found().index().lastStamp());
    segments.begin(ground);
    bus.noteOpened();
    ground.found().dropEmptySegments();
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
        segments.giveUp();
        lastStamp++; // what failed must not be mistaken for what is written in its stead
        if (tried) {
          PortUnavailableException failed = new PortUnavailableException("writing the bus", e);
          rest.forEach(publish -> publish.done().completeExceptionally(failed));
          break;
        }
        tried = true;
      }
    }
    if (done > 0) {
      arrived.run();
    }
  }

  /**
   * Gives the segment up after {@code cause} came between, and fails what waits of {@code group}.
   */
  void failed(List<Publish> group, Throwable cause) {
    segments.giveUp();
    lastStamp++;
    PortUnavailableException failed = new PortUnavailableException("writing the bus", cause);
    group.forEach(publish -> publish.done().completeExceptionally(failed));
  }

  /** Commits as many as fit one segment, at least one. */
  private int commitRun(List<Publish> publishes) throws IOException {
    requireGround();
    ActiveSegment segment = segments.withRoom(roomFor(publishes.getFirst()));
    List<Answer> answers = new ArrayList<>();
    List<BusIndex.Entry> entries = new ArrayList<>();
    Map<BusIndex.MessageKey, BusIndex.Remembered> now = new HashMap<>();
    Map<FrameAddress, StoredMessage> newest = new HashMap<>();
    for (Publish publish : publishes) {
      Optional<BusIndex.Remembered> before =
          Optional.ofNullable(now.get(publish.key()))
              .or(() -> bus.withIndex(index -> index.remembered(publish.key())));
      if (before.isPresent()) {
        answers.add(new Answer(publish, before.get()));
        continue;
      }
      StoredMessage message = next(publish, Optional.ofNullable(newest.get(publish.address())));
      byte[] payload = message.toBytes();
      if (RecordFrame.sizeOf(payload.length) > segment.room()) {
        break;
      }
      newest.put(publish.address(), message);
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

  /** Enough, whatever sequence and stamp it gets. */
  private static int roomFor(Publish publish) {
    return RecordFrame.sizeOf(publish.bytes().length) + 4 * publish.id().length() + 64;
  }

  /** Within a queue stamps rise, so that no two messages share sequence and stamp in one life. */
  private StoredMessage next(Publish publish, Optional<StoredMessage> before) {
    FrameAddress address = publish.address();
    long sequence =
        before.map(StoredMessage::sequence).orElseGet(() -> bus.withIndex(i -> i.last(address)));
    long stamp =
        before
            .map(StoredMessage::stampMillis)
            .orElseGet(() -> bus.withIndex(i -> i.lastStamp(address)));
    return new StoredMessage(
        address,
        sequence + 1,
        Math.max(Math.max(lastStamp, wallMillis.getAsLong()), stamp + 1),
        publish.id(),
        publish.bytes());
  }

  private static BusIndex.Entry place(
      ActiveSegment segment, StoredMessage message, byte[] payload) {
    int offset = segment.add(RecordKind.MESSAGE, message.sequence(), payload);
    return new BusIndex.Entry(
        message.address(),
        message.sequence(),
        message.stampMillis(),
        message.bytes().length,
        segment.number(),
        offset,
        offset + RecordFrame.sizeOf(payload.length));
  }

  private void makeDurable(
      ActiveSegment segment,
      List<BusIndex.Entry> entries,
      Map<BusIndex.MessageKey, BusIndex.Remembered> ids)
      throws IOException {
    if (entries.isEmpty()) {
      return;
    }
    Failpoint.BUS_APPEND_BEFORE_WRITE.hit();
    int bytes = segment.write();
    Failpoint.BUS_APPEND_BEFORE_SYNC.hit();
    segment.sync(bytes);
    Failpoint.BUS_APPEND_AFTER_SYNC.hit();
    if (!isOurs()) {
      gone = true;
      throw new IOException("the directory of the bus was replaced");
    }
    bus.updateIndex(index -> {
      entries.forEach(index::add);
      ids.forEach(index::remember);
      index.resize(segment.number(), segment.durable());
    });
  }

  private void complete(Answer answer) {
    BusIndex.Remembered at = answer.position();
    Publish publish = answer.publish();
    publish.done().complete(bus.position(publish.address(), at.sequence(), at.stampMillis()));
  }

  /**
   * A file that has no name any more takes writes gladly and keeps nothing: where another directory
   * stands, or none, or one that was cut, everything begins again.
   */
  private void requireGround() throws IOException {
    if (!gone && isOurs()) {
      return;
    }
    gone = true;
    segments.giveUp();
    begin(bus.retake());
    gone = false;
  }

  private boolean isOurs() throws IOException {
    return bus.identityIsStillThere() && segments.isStillThere();
  }

  /**
   * Compares the directory with what it is taken for, and the end of {@code queue} with the disk.
   */
  void inspect(FrameAddress queue) {
    try {
      requireGround();
      if (!segmentsAreWhole() || !endIsReadable(queue)) {
        gone = true;
        requireGround();
      }
    } catch (IOException e) {
      throw new PortUnavailableException("looking at the directory of the bus", e);
    }
  }

  private boolean segmentsAreWhole() throws IOException {
    Map<Long, Long> known = bus.withIndex(BusIndex::segmentBytes);
    try {
      for (Map.Entry<Long, Long> segment : known.entrySet()) {
        if (files.size(SegmentNames.of(segment.getKey())) < segment.getValue()) {
          return false;
        }
      }
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private boolean endIsReadable(FrameAddress queue) throws IOException {
    Optional<BusIndex.Entry> last = bus.withIndex(index -> index.entry(queue, index.last(queue)));
    return last.isEmpty() || reader.read(List.of(last.get())).getFirst().isPresent();
  }

  /**
   * Deletes segments that hold nothing but messages kept at a forgotten position, after writing
   * those again at the end.
   */
  void freeSegments() {
    try {
      requireGround();
      Optional<Long> free = bus.withIndex(BusIndex::freeable);
      while (free.isPresent()) {
        freeSegment(free.get());
        free = bus.withIndex(BusIndex::freeable);
      }
    } catch (IOException | PortUnavailableException e) {
      segments.giveUp(); // the next forgetting tries again
    }
  }

  private void freeSegment(long number) throws IOException {
    carry(bus.withIndex(index -> index.kept(number)));
    Failpoint.BUS_DELETE_BEFORE.hit();
    files.delete(SegmentNames.of(number));
    files.forceDirectory();
    Failpoint.BUS_DELETE_AFTER.hit();
    bus.updateIndex(index -> index.removeSegment(number));
  }

  private void carry(List<BusIndex.Entry> entries) throws IOException {
    List<BusIndex.Entry> moved = new ArrayList<>();
    for (BusIndex.Entry entry : entries) {
      Optional<byte[]> payload = reader.payload(entry);
      if (payload.isPresent()) {
        if (!segments.hasRoom(entry.length())) {
          makeMoved(moved);
          segments.replace(entry.length());
        }
        ActiveSegment to = segments.active();
        int offset = to.add(RecordKind.MESSAGE, entry.sequence(), payload.get());
        moved.add(entry.movedTo(to.number(), offset));
      }
    }
    makeMoved(moved);
  }

  private void makeMoved(List<BusIndex.Entry> moved) throws IOException {
    if (!moved.isEmpty()) {
      makeDurable(segments.active(), moved, Map.of());
      moved.clear();
    }
  }

  /** Ends the log orderly; where another directory stands nothing of it is touched. */
  void end() {
    try {
      if (gone || !isOurs()) {
        segments.giveUp();
        return;
      }
      segments.seal();
      bus.noteClosed();
    } catch (IOException e) {
      segments.giveUp(); // it ends as after a crash
    }
  }
}
