package dev.sentinelj.adapters.memory;

import dev.sentinelj.core.frame.FrameAddress;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.BatchBus;
import dev.sentinelj.ports.driven.BusPosition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;

/**
 * A bus in memory. A publish completes, and listeners run, before {@link #publish} returns, so a
 * single-threaded caller sees one order only. For simulations it can lose what it holds and stop
 * answering. Thread safe.
 */
public final class InMemoryBatchBus implements BatchBus {
  /** How many message ids are remembered. */
  public static final int MAX_REMEMBERED = 100_000;

  private static final long FIRST_DISK = 1;

  /** Nothing was read yet where a position has none. */
  private static final long FIRST_GENERATION = 1;

  private final int partitions;
  private final long maxBytes;
  private final LongSupplier wallMillis;
  private final Map<FrameAddress, Queue> queues = new HashMap<>();
  private final LinkedHashMap<MessageKey, BusPosition> remembered = new LinkedHashMap<>();

  /** Which disk each queue was on when it was compared last. */
  private final Map<FrameAddress, Long> compared = new HashMap<>();

  /** The greatest generation each queue ever had: no disk takes that with it. */
  private final Map<FrameAddress, Long> greatest = new HashMap<>();

  private final CopyOnWriteArrayList<Runnable> listeners = new CopyOnWriteArrayList<>();
  private long bytes;
  private long lastStamp;
  private long disk = FIRST_DISK;
  private boolean available = true;

  /**
   * @param maxBytes of messages that are not forgotten
   * @param wallMillis what messages are stamped with, milliseconds since the Unix epoch; when it
   *     goes back the last stamp is used again
   */
  public InMemoryBatchBus(int partitions, long maxBytes, LongSupplier wallMillis) {
    this.partitions = partitions;
    this.maxBytes = maxBytes;
    this.wallMillis = wallMillis;
  }

  private record MessageKey(FrameAddress address, String id) {}

  private static final class Queue {
    private final TreeMap<Long, Message> messages = new TreeMap<>();
    private final Set<Long> rotten = new HashSet<>();
    private long generation = FIRST_GENERATION;
    private long last;
    private long forgotten;

    private Queue() {}

    private Queue(Queue other) {
      messages.putAll(other.messages);
      rotten.addAll(other.rotten);
      generation = other.generation;
      last = other.last;
      forgotten = other.forgotten;
    }

    /** Bytes of the message that is kept for the sake of its position. */
    private long kept() {
      return Optional.ofNullable(messages.get(forgotten)).map(one -> one.bytes().length).orElse(0);
    }

    private BusPosition at(Message message) {
      BusPosition position = message.position();
      return new BusPosition(generation, position.sequence(), position.stampMillis());
    }
  }

  @Override
  public int partitions() {
    return partitions;
  }

  @Override
  public CompletionStage<BusPosition> publish(
      FrameAddress address, String messageId, byte[] message) {
    BusPosition position;
    try {
      position = put(queue(address), new MessageKey(address, messageId), message.clone());
    } catch (BusFullException | PortUnavailableException e) {
      return CompletableFuture.failedStage(e);
    }
    listeners.forEach(Runnable::run);
    return CompletableFuture.completedStage(position);
  }

  private synchronized BusPosition put(Queue queue, MessageKey key, byte[] message) {
    requireAvailable();
    Optional<BusPosition> before = Optional.ofNullable(remembered.get(key));
    if (before.isPresent()) {
      return before.get();
    }
    if (held() + message.length > maxBytes) {
      throw new BusFullException("the bus holds " + held() + " of " + maxBytes + " bytes");
    }
    lastStamp = Math.max(lastStamp, wallMillis.getAsLong());
    BusPosition position = new BusPosition(queue.generation, ++queue.last, lastStamp);
    queue.messages.put(position.sequence(), new Message(position, message));
    bytes += message.length;
    remember(key, position);
    return position;
  }

  private long held() {
    return bytes - queues.values().stream().mapToLong(Queue::kept).sum();
  }

  private void remember(MessageKey key, BusPosition position) {
    remembered.put(key, position);
    if (remembered.size() > MAX_REMEMBERED) {
      remembered.pollFirstEntry();
    }
  }

  @Override
  public synchronized List<Message> read(
      FrameAddress address, BusPosition after, int maxCount, long maxBytes) {
    requireAvailable();
    Queue queue = queue(address);
    long from = after.generation() == queue.generation ? after.sequence() : 0;
    List<Message> found = new ArrayList<>();
    long taken = 0;
    for (Message message : queue.messages.tailMap(from, false).values()) {
      if (queue.rotten.contains(message.position().sequence())) {
        continue;
      }
      taken += message.bytes().length;
      if (found.size() == maxCount || (!found.isEmpty() && taken > maxBytes)) {
        break;
      }
      found.add(new Message(queue.at(message), message.bytes().clone()));
    }
    return found;
  }

  @Override
  public synchronized BusPosition verify(FrameAddress address, BusPosition committed) {
    requireAvailable();
    Queue queue = queue(address);
    if (compared.getOrDefault(address, FIRST_DISK) != disk) {
      long former = greatest.getOrDefault(address, FIRST_GENERATION);
      raise(address, Math.max(former, committed.generation()));
    }
    boolean unread = committed.equals(BusPosition.START) && queue.generation == FIRST_GENERATION;
    if (unread || isHere(queue, committed)) {
      return committed;
    }
    raise(address, committed.generation());
    return new BusPosition(queue.generation, 0, 0);
  }

  private void raise(FrameAddress address, long above) {
    Queue queue = queue(address);
    queue.generation = Math.max(queue.generation, above + 1);
    greatest.merge(address, queue.generation, Math::max);
    remembered.keySet().removeIf(key -> key.address().equals(address));
    compared.put(address, disk);
  }

  /**
   * A position whose message was forgotten is believed: the queue is still the one it was read
   * from.
   */
  private static boolean isHere(Queue queue, BusPosition committed) {
    if (committed.generation() != queue.generation || committed.sequence() > queue.last) {
      return false;
    }
    Optional<Message> message = Optional.ofNullable(queue.messages.get(committed.sequence()));
    return message.map(queue::at).map(committed::equals).orElse(true);
  }

  @Override
  public synchronized void forget(FrameAddress address, BusPosition position) {
    Queue queue = queue(address);
    if (position.generation() != queue.generation) {
      return;
    }
    Map<Long, Message> before = queue.messages.headMap(position.sequence(), false);
    bytes -= before.values().stream().mapToLong(message -> message.bytes().length).sum();
    before.clear();
    queue.forgotten = Math.max(queue.forgotten, position.sequence());
  }

  @Override
  public void onArrival(Runnable listener) {
    listeners.add(listener);
  }

  @Override
  public synchronized Fill fill() {
    return new Fill(held(), maxBytes);
  }

  @Override
  public Durability durability() {
    return Durability.MEMORY;
  }

  /**
   * Loses the newest {@code count} messages of a queue, whose sequences are then given out again.
   */
  public synchronized void loseTail(FrameAddress address, int count) {
    Queue queue = queue(address);
    for (int i = 0; i < count && !queue.messages.isEmpty(); i++) {
      bytes -= queue.messages.pollLastEntry().getValue().bytes().length;
      queue.rotten.remove(queue.last--);
    }
    remembered.clear();
  }

  /**
   * One message cannot be read any more, those behind it can; that it was there is still known.
   *
   * @param fromTheNewest 0 for the newest
   * @return its sequence, if there was such a message
   */
  public synchronized Optional<Long> rot(FrameAddress address, int fromTheNewest) {
    Queue queue = queue(address);
    Optional<Long> sequence =
        queue.messages.descendingKeySet().stream().skip(fromTheNewest).findFirst();
    sequence.ifPresent(queue.rotten::add);
    return sequence;
  }

  /** Loses everything, as a broker whose disk was replaced: queues, generations and sequences. */
  public synchronized void loseAll() {
    disk++;
    queues.clear();
    remembered.clear();
    bytes = 0;
  }

  /** A copy of everything it holds, to be replaced by later. */
  public synchronized Image image() {
    return new Image(copies(queues));
  }

  /** What a bus held at one moment. */
  public static final class Image {
    private final Map<FrameAddress, Queue> queues;

    private Image(Map<FrameAddress, Queue> queues) {
      this.queues = queues;
    }
  }

  /**
   * Holds what {@code image} of it held and nothing else: its disk was replaced by an older copy.
   */
  public synchronized void replace(Image image) {
    disk++;
    queues.clear();
    queues.putAll(copies(image.queues));
    remembered.clear();
    bytes = 0;
    for (Queue queue : queues.values()) {
      bytes += queue.messages.values().stream().mapToLong(one -> one.bytes().length).sum();
    }
  }

  private static Map<FrameAddress, Queue> copies(Map<FrameAddress, Queue> queues) {
    Map<FrameAddress, Queue> copies = new HashMap<>();
    queues.forEach((address, queue) -> copies.put(address, new Queue(queue)));
    return copies;
  }

  /** While it is not available every call that needs the broker fails, and nothing is put. */
  public synchronized void setAvailable(boolean available) {
    this.available = available;
  }

  private void requireAvailable() {
    if (!available) {
      throw new PortUnavailableException("reaching the bus");
    }
  }

  private synchronized Queue queue(FrameAddress address) {
    if (address.partition() >= partitions) {
      throw new IllegalArgumentException(
          "partition "
              + address.partition()
              + " of "
              + partitions
              + " (0 to "
              + (partitions - 1)
              + ")");
    }
    return queues.computeIfAbsent(address, any -> new Queue());
  }
}
