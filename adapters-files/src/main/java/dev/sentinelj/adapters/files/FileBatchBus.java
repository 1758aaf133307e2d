package dev.sentinelj.adapters.files;

import dev.sentinelj.core.failpoint.Failpoint;
import dev.sentinelj.core.frame.FrameAddress;
import dev.sentinelj.core.wal.RecordFrame;
import dev.sentinelj.core.wal.StoredMessage;
import dev.sentinelj.core.wire.MalformedException;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.BatchBus;
import dev.sentinelj.ports.driven.BusPosition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * The bus of one machine: one log of segments for all queues, on the framing of the agent's log.
 * One thread of its own writes, and groups what waits under one sync; completions and arrival
 * listeners run on it. Reads open files anew.
 */
public final class FileBatchBus implements BatchBus, AutoCloseable {
  /** A longer message is refused. */
  public static final int MAX_MESSAGE = RecordFrame.MAX_PAYLOAD - 4_096;

  private static final int MAX_ID = 512;

  /** Foreign messages between two wanted ones are read along when they are shorter than this. */
  private static final int MAX_READ_ALONG = 64 << 10;

  private static final int MAX_READ = 8 << 20;

  private final Object lock = new Object();
  private final Path path;
  private final BusConfig config;
  private final SegmentFiles files;
  private final CopyOnWriteArrayList<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final BusWriter appender;
  private final GroupWriter<BusWriter.Publish> writer;
  private DirectoryLock directory; // guarded by lock
  private BusIdentity identity; // guarded by lock
  private BusIndex index; // guarded by lock
  private long unreadable; // guarded by lock
  private boolean closed; // guarded by lock

  /**
   * Opens the bus in {@code directory}, which is made when missing, and recovers it.
   *
   * @param wallMillis what messages are stamped with, milliseconds since the Unix epoch; when it
   *     goes back, stamps still rise within a queue and never fall between queues
   * @throws UnusablePathException when the directory is in use, damaged or cannot be written
   * @throws IllegalStateException when it was made with another number of partitions
   */
  public static FileBatchBus open(Path directory, BusConfig config, LongSupplier wallMillis) {
    return DirectoryLock.open(
        directory,
        lock -> {
          BusGround ground = BusGround.of(directory, lock, config);
          FileBatchBus bus = new FileBatchBus(directory, config, ground, wallMillis);
          bus.writer.start();
          return bus;
        });
  }

  private FileBatchBus(Path path, BusConfig config, BusGround ground, LongSupplier wallMillis)
      throws IOException {
    this.path = path;
    this.config = config;
    this.files = ground.files();
    this.directory = ground.lock();
    this.identity = ground.identity();
    this.index = ground.found().index();
    this.unreadable = ground.found().damaged();
    this.appender = new BusWriter(this, files, config, wallMillis);
    this.writer = new GroupWriter<>("sentinel-bus", appender::commit);
    appender.begin(ground);
  }

  @Override
  public int partitions() {
    return config.partitions();
  }

  @Override
  public CompletionStage<BusPosition> publish(
      FrameAddress address, String messageId, byte[] message) {
    requirePartition(address);
    if (message.length > MAX_MESSAGE || messageId.length() > MAX_ID) {
      throw new IllegalArgumentException(
          "a message has at most " + MAX_MESSAGE + " bytes and an id of " + MAX_ID + " characters");
    }
    synchronized (lock) {
      if (closed) {
        return CompletableFuture.failedStage(
            new PortUnavailableException("publishing to a bus that is closed"));
      }
      BusWriter.Publish publish =
          new BusWriter.Publish(address, messageId, message.clone(), new CompletableFuture<>());
      writer.write(publish);
      return publish.done().minimalCompletionStage();
    }
  }

  @Override
  public List<Message> read(FrameAddress address, BusPosition after, int maxCount, long maxBytes) {
    requirePartition(address);
    BusPosition from = after;
    while (true) {
      List<BusIndex.Entry> entries;
      long generation;
      synchronized (lock) {
        generation = identity.generation(address);
        long behind = from.generation() == generation ? from.sequence() : 0;
        entries = index.after(address, behind, maxCount, maxBytes);
      }
      List<Message> messages = messages(entries, generation);
      if (!messages.isEmpty() || entries.isEmpty()) {
        return messages;
      }
      // damaged: what lies behind must come all the same
      from = new BusPosition(generation, entries.getLast().sequence(), 0);
    }
  }

  private List<Message> messages(List<BusIndex.Entry> entries, long generation) {
    List<Message> messages = new ArrayList<>(entries.size());
    for (int at = 0; at < entries.size(); ) {
      List<BusIndex.Entry> run = run(entries, at);
      readRun(run, generation, messages);
      at += run.size();
    }
    return messages;
  }

  /** Entries from {@code at} on that are worth one read. */
  private static List<BusIndex.Entry> run(List<BusIndex.Entry> entries, int at) {
    BusIndex.Entry first = entries.get(at);
    int to = at + 1;
    while (to < entries.size()) {
      BusIndex.Entry before = entries.get(to - 1);
      BusIndex.Entry next = entries.get(to);
      int between = next.offset() - before.end();
      boolean near = next.segment() == first.segment() && between >= 0 && between <= MAX_READ_ALONG;
      if (!near || next.end() - first.offset() > MAX_READ) {
        break;
      }
      to++;
    }
    return entries.subList(at, to);
  }

  private void readRun(List<BusIndex.Entry> run, long generation, List<Message> into) {
    BusIndex.Entry first = run.getFirst();
    int length = run.getLast().end() - first.offset();
    ByteBuffer bytes;
    try {
      bytes = files.read(SegmentNames.of(first.segment()), first.offset(), length);
    } catch (IOException e) {
      synchronized (lock) {
        if (!index.entry(first.address(), first.sequence()).equals(Optional.of(first))) {
          return; // forgotten or moved meanwhile: the next read finds what there is
        }
      }
      throw new PortUnavailableException("reading the bus", e);
    }
    for (BusIndex.Entry entry : run) {
      messageIn(bytes, entry, first.offset())
          .ifPresentOrElse(
              stored ->
                  into.add(
                      new Message(
                          new BusPosition(generation, stored.sequence(), stored.stampMillis()),
                          stored.bytes())),
              this::countUnreadable);
    }
  }

  /** The message of {@code entry} in bytes that were read from {@code base} on, if it is there. */
  static Optional<StoredMessage> messageIn(ByteBuffer bytes, BusIndex.Entry entry, int base) {
    try {
      return RecordFrame.at(bytes, entry.offset() - base)
          .filter(record -> record.payloadIntact(bytes))
          .map(record -> StoredMessage.parse(record.payload(bytes)))
          .filter(stored ->
              stored.address().equals(entry.address())
                  && stored.sequence() == entry.sequence()
                  && stored.stampMillis() == entry.stampMillis());
    } catch (MalformedException e) {
      return Optional.empty();
    }
  }

  private void countUnreadable() {
    synchronized (lock) {
      unreadable++;
    }
  }

  /** Messages that were durable and could not be read. */
  public long unreadable() {
    synchronized (lock) {
      return unreadable;
    }
  }

  @Override
  public BusPosition verify(FrameAddress address, BusPosition committed) {
    requirePartition(address);
    inspect(address);
    synchronized (lock) {
      long present = identity.generation(address);
      if (isHere(address, committed)
          || (committed.generation() == 0 && !identity.raised(address))) {
        return committed;
      }
      long generation = Math.max(present, committed.generation() + 1);
      if (generation != present) {
        raise(address, generation);
      }
      return new BusPosition(generation, 0, 0);
    }
  }

  /** Looks, between two groups, whether the directory is still what it is taken for. */
  private void inspect(FrameAddress address) {
    CompletableFuture<Optional<PortUnavailableException>> done;
    synchronized (lock) {
      if (closed) {
        return;
      }
      done = writer.runSoon(() -> appender.inspect(address));
    }
    done.join()
        .ifPresent(failed -> {
          throw failed;
        });
  }

  private void raise(FrameAddress address, long generation) {
    try {
      identity.raise(address, generation);
    } catch (IOException e) {
      throw new PortUnavailableException("raising the generation of a queue", e);
    }
    index.forgetIds(address);
  }

  /**
   * A position whose message was dropped is believed: the queue is still the one it was read from.
   */
  private boolean isHere(FrameAddress address, BusPosition committed) {
    if (committed.generation() != identity.generation(address)
        || committed.sequence() > index.last(address)) {
      return false;
    }
    return index
        .entry(address, committed.sequence())
        .map(entry -> entry.stampMillis() == committed.stampMillis())
        .orElse(true);
  }

  @Override
  public void forget(FrameAddress address, BusPosition position) {
    requirePartition(address);
    synchronized (lock) {
      if (closed || position.generation() != identity.generation(address)) {
        return;
      }
      Failpoint.BUS_FORGET_BEFORE.hit();
      index.forget(address, position.sequence());
      if (index.freeable(appender.activeNumber()).isPresent()) {
        writer.run(appender::freeSegments);
      }
    }
  }

  @Override
  public void onArrival(Runnable listener) {
    listeners.add(listener);
  }

  @Override
  public Fill fill() {
    synchronized (lock) {
      return new Fill(index.bytes(), config.maxBytes());
    }
  }

  @Override
  public Durability durability() {
    return Durability.DISK;
  }

  /** Writes what waits, ends the segment orderly and gives the directory back. */
  @Override
  public void close() {
    synchronized (lock) {
      if (closed) {
        return;
      }
      closed = true;
    }
    writer.close();
    appender.end();
    synchronized (lock) {
      directory.close();
    }
  }

  private void requirePartition(FrameAddress address) {
    if (address.partition() >= config.partitions()) {
      throw new IllegalArgumentException(
          "partition " + address.partition() + " of a bus with " + config.partitions());
    }
  }

  // What follows is called by the writer.

  /** Runs {@code action} on the index while nobody else sees it. */
  <T> T withIndex(Function<BusIndex, T> action) {
    synchronized (lock) {
      return action.apply(index);
    }
  }

  long creation() {
    synchronized (lock) {
      return identity.creation();
    }
  }

  /** Whether the identity on the disk is the one we know. */
  boolean identityIsStillThere() throws IOException {
    synchronized (lock) {
      return identity.isStillThere();
    }
  }

  /** From now on there must be a segment. Durable on return. */
  void noteOpened() throws IOException {
    synchronized (lock) {
      identity.opened();
    }
  }

  /** All that was acknowledged is in order behind us: the next to open it may hold us to that. */
  void noteClosed() throws IOException {
    synchronized (lock) {
      Map<FrameAddress, BusIdentity.End> ends = new HashMap<>();
      for (FrameAddress queue : identity.queues()) {
        if (index.last(queue) > 0) {
          ends.put(queue, new BusIdentity.End(index.last(queue), index.lastStamp(queue)));
        }
      }
      identity.closed(ends);
    }
  }

  /**
   * Takes what stands at our path now, under generations above all that were given out.
   *
   * @throws PortUnavailableException when it cannot be had now
   */
  BusGround retake() {
    synchronized (lock) {
      directory.close();
      BusGround ground = BusGround.retake(path, config, identity);
      directory = ground.lock();
      identity = ground.identity();
      index = ground.found().index();
      unreadable += ground.found().damaged();
      return ground;
    }
  }

  BusPosition position(FrameAddress address, long sequence, long stampMillis) {
    synchronized (lock) {
      return new BusPosition(identity.generation(address), sequence, stampMillis);
    }
  }

  void arrived() {
    for (Runnable listener : listeners) {
      try {
        listener.run();
      } catch (RuntimeException e) {
        // A listener's fault must not end the one thread that writes for everybody.
        listeners.remove(listener);
      }
    }
  }
}
