package dev.sentinelj.adapters.files;

import dev.sentinelj.core.frame.FrameAddress;
import dev.sentinelj.core.wal.RecordFrame;
import dev.sentinelj.core.wal.StoredMessage;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.BatchBus;
import dev.sentinelj.ports.driven.BusPosition;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
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

  private final BusConfig config;
  private final BusState state;
  private final BusReader reader;
  private final BusWriter appender;
  private final GroupWriter<BusWriter.Publish> writer;
  private final CopyOnWriteArrayList<Runnable> listeners = new CopyOnWriteArrayList<>();

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
    this.config = config;
    this.state = new BusState(path, config, ground);
    this.reader = new BusReader(ground.files());
    this.appender = new BusWriter(state, ground.files(), config, wallMillis, this::arrived);
    this.writer = new GroupWriter<>("sentinel-bus", appender::commit, appender::failed);
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
    BusWriter.Publish publish =
        new BusWriter.Publish(address, messageId, message.clone(), new CompletableFuture<>());
    return state
        .whileOpen(() -> write(publish))
        .orElseGet(() ->
            CompletableFuture.failedStage(
                new PortUnavailableException("publishing to a bus that is closed")));
  }

  private CompletionStage<BusPosition> write(BusWriter.Publish publish) {
    writer.write(publish);
    return publish.done().minimalCompletionStage();
  }

  @Override
  public List<Message> read(FrameAddress address, BusPosition after, int maxCount, long maxBytes) {
    requirePartition(address);
    BusPosition from = after;
    while (true) {
      BusState.Standing found = state.behind(address, from, maxCount, maxBytes);
      List<Message> messages = messages(found);
      if (!messages.isEmpty() || found.entries().isEmpty()) {
        return messages;
      }
      // damaged: what lies behind must come all the same
      from = new BusPosition(found.generation(), found.entries().getLast().sequence(), 0);
    }
  }

  private List<Message> messages(BusState.Standing found) {
    List<Message> messages = new ArrayList<>(found.entries().size());
    for (List<BusIndex.Entry> run : BusReader.runs(found.entries())) {
      for (Optional<StoredMessage> stored : stored(run)) {
        stored.ifPresentOrElse(
            one -> messages.add(message(found.generation(), one)), state::countUnreadable);
      }
    }
    return messages;
  }

  private List<Optional<StoredMessage>> stored(List<BusIndex.Entry> run) {
    try {
      return reader.read(run);
    } catch (IOException e) {
      if (!state.stands(run.getFirst())) {
        return List.of(); // forgotten or moved meanwhile: the next read finds what there is
      }
      throw new PortUnavailableException("reading the bus", e);
    }
  }

  private static Message message(long generation, StoredMessage stored) {
    return new Message(
        new BusPosition(generation, stored.sequence(), stored.stampMillis()), stored.bytes());
  }

  /** Messages that were durable and could not be read. */
  public long unreadable() {
    return state.unreadable();
  }

  @Override
  public BusPosition verify(FrameAddress address, BusPosition committed) {
    requirePartition(address);
    inspect(address);
    return state.verify(address, committed);
  }

  /** Looks, between two groups, whether the directory is still what it is taken for. */
  private void inspect(FrameAddress address) {
    state
        .whileOpen(() -> writer.runSoon(() -> appender.inspect(address)))
        .flatMap(CompletableFuture::join)
        .ifPresent(failed -> {
          throw failed;
        });
  }

  @Override
  public void forget(FrameAddress address, BusPosition position) {
    requirePartition(address);
    boolean freed = state.whileOpen(() -> state.forget(address, position)).orElse(false);
    if (freed) {
      writer.run(appender::freeSegments);
    }
  }

  @Override
  public void onArrival(Runnable listener) {
    listeners.add(listener);
  }

  @Override
  public Fill fill() {
    return state.fill();
  }

  @Override
  public Durability durability() {
    return Durability.DISK;
  }

  /** Writes what waits, ends the segment orderly and gives the directory back. */
  @Override
  public void close() {
    if (!state.close()) {
      return;
    }
    writer.close();
    appender.end();
    state.giveDirectoryBack();
  }

  private void requirePartition(FrameAddress address) {
    if (address.partition() >= config.partitions()) {
      throw new IllegalArgumentException(
          "partition " + address.partition() + " of a bus with " + config.partitions());
    }
  }

  private void arrived() {
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
