package dev.sentinelj.application.simulation;

import dev.sentinelj.adapters.memory.InMemoryBatchBus;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.frame.Frame;
import dev.sentinelj.core.frame.FrameAddress;
import dev.sentinelj.core.frame.FrameEntry;
import dev.sentinelj.core.ingest.Receipt;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.BatchBus;
import dev.sentinelj.ports.driven.BusPosition;
import dev.sentinelj.testkit.sim.SimulatedProcess;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The one broker. Each process sees it over a connection of its own, which fails now and then. */
final class WatchedBus {
  private final Plant plant;
  private final RandomGenerator random;
  private final InMemoryBatchBus broker;
  private final Map<FrameAddress, Queue> queues = new HashMap<>();
  private final Map<FrameAddress, Queue> copies = new HashMap<>();
  private InMemoryBatchBus.@Nullable Image image;

  /** How often the broker started again: all connections broke then. */
  private long starts;

  private boolean lostSome;

  WatchedBus(Plant plant) {
    this.plant = plant;
    this.random = plant.world().newRandom();
    this.broker =
        new InMemoryBatchBus(
            plant.option(Option.PARTITIONS), 8 << 20, () -> plant.world().now().wallMillis());
  }

  /** What the broker holds of one queue, and how far that was checked. */
  private static final class Queue {
    private final TreeMap<Long, Put> held = new TreeMap<>();
    private long checked;
    private long generation;

    private Queue copy() {
      Queue copy = new Queue();
      copy.held.putAll(held);
      copy.generation = generation;
      return copy;
    }
  }

  private record Put(long stampMillis, List<Content> contents) {}

  /** A batch that a message brought, told from another one under the same id. */
  record Content(BatchId id, Sha256 hash) {}

  BatchBus seenBy(SimulatedProcess process) {
    return new Connection(process);
  }

  /** Whether it ever lost messages, perhaps unread ones, and is the same broker all the same. */
  boolean lostSome() {
    return lostSome;
  }

  void loseAll() {
    starts++;
    broker.loseAll();
    queues.clear();
  }

  /** The broker forgets the newest messages of one of its queues, and starts again. */
  void loseTail(int which, int count) {
    FrameAddress address = address(which);
    starts++;
    lostSome = true;
    broker.loseTail(address, count);
    Queue queue = queue(address);
    for (int i = 0; i < count && !queue.held.isEmpty(); i++) {
      queue.held.pollLastEntry();
    }
    queue.checked = Math.min(queue.checked, queue.held.isEmpty() ? 0 : queue.held.lastKey());
  }

  /** One message of a queue cannot be read any more; those behind it can. */
  void rot(int which, int fromTheNewest) {
    lostSome = true;
    FrameAddress address = address(which);
    broker.rot(address, fromTheNewest).ifPresent(queue(address).held::remove);
  }

  private FrameAddress address(int which) {
    int partition = which / 2 % plant.option(Option.PARTITIONS);
    return new FrameAddress(partition, which % 2 == 0 ? Lane.FRESH : Lane.BACKLOG);
  }

  /** Somebody copies the broker's disk. */
  void copy() {
    image = broker.image();
    copies.clear();
    queues.forEach((address, queue) -> copies.put(address, queue.copy()));
  }

  /** The broker gets the disk that was copied before, or an empty one. */
  void replace() {
    starts++;
    queues.clear();
    if (image == null) {
      broker.loseAll();
    } else {
      broker.replace(image);
      copies.forEach((address, queue) -> queues.put(address, queue.copy()));
    }
  }

  /** The database went back: what was checked is to be checked again. */
  void checkAnew() {
    queues.values().forEach(queue -> queue.checked = 0);
  }

  void available(boolean now) {
    broker.setAvailable(now);
  }

  /** The batches at or before {@code committed} that were not asked for before. */
  List<Content> readBy(FrameAddress address, BusPosition committed) {
    Queue queue = queue(address);
    Put there = queue.held.get(committed.sequence());
    boolean here = there != null && there.stampMillis() == committed.stampMillis();
    if (queue.generation != committed.generation() || !here) {
      return List.of(); // a position of a broker that is no more: its owner has not compared yet
    }
    List<Content> found = new ArrayList<>();
    if (queue.checked < committed.sequence()) {
      queue
          .held
          .subMap(queue.checked, false, committed.sequence(), true)
          .values()
          .forEach(put -> found.addAll(put.contents()));
      queue.checked = committed.sequence();
    }
    return found;
  }

  private Queue queue(FrameAddress address) {
    return queues.computeIfAbsent(address, _ -> new Queue());
  }

  private BusPosition put(FrameAddress address, String messageId, byte[] message) {
    BusPosition at = broker.publish(address, messageId, message).toCompletableFuture().join();
    Queue queue = queue(address);
    queue.generation = at.generation();
    if (Frame.open(message, address, plant.clusterKey()) instanceof Frame.Batches(var entries)) {
      Receipt receipt =
          new Receipt(address.partition(), address.lane(), at.generation(), at.sequence());
      entries.forEach(entry -> plant.book().put(entry.batch(), receipt));
      queue.held.put(at.sequence(), new Put(at.stampMillis(), contentsOf(entries)));
    } else {
      queue.held.putIfAbsent(at.sequence(), new Put(at.stampMillis(), List.of()));
    }
    return at;
  }

  /** A batch that was damaged on its way has no effect but that it is kept aside. */
  private static List<Content> contentsOf(List<FrameEntry> entries) {
    return entries.stream()
        .map(FrameEntry::batch)
        .filter(SignedBatch::bodyMatches)
        .map(batch -> new Content(batch.id(), batch.contentHash()))
        .toList();
  }

  /** The same frame, but for a bit of a body that was flipped before the frame was sealed. */
  private byte[] damaged(FrameAddress address, byte[] message) {
    if (!(Frame.open(message, address, plant.clusterKey()) instanceof Frame.Batches(var entries))) {
      return message;
    }
    List<FrameEntry> changed = new ArrayList<>(entries);
    int which = random.nextInt(changed.size());
    FrameEntry entry = changed.get(which);
    SignedBatch batch = entry.batch();
    byte[] body = batch.body().clone();
    body[random.nextInt(body.length)] ^= 4;
    SignedBatch other =
        SignedBatch.of(batch.headerBytes(), body, batch.contentKey(), batch.contentMac());
    changed.set(which, new FrameEntry(other, entry.attempt(), entry.sentAtMillis(), entry.sets()));
    return Frame.seal(new Frame.Batches(changed), address, plant.clusterKey());
  }

  private final class Connection implements BatchBus {
    private final SimulatedProcess process;
    private final Executor line;
    private final long madeAt = starts;
    private final Map<FrameAddress, Long> comparedAt = new HashMap<>();
    private long publishedAt = starts;

    Connection(SimulatedProcess process) {
      this.process = process;
      this.line = process.inOrder();
    }

    @Override
    public int partitions() {
      return broker.partitions();
    }

    @Override
    public CompletionStage<BusPosition> publish(
        FrameAddress address, String messageId, byte[] message) {
      CompletableFuture<BusPosition> answer = new CompletableFuture<>();
      if (plant.sabotage() == Sabotage.ACKNOWLEDGE_BEFORE_PUBLISH) {
        answer.complete(new BusPosition(1, 1, plant.world().now().wallMillis()));
      }
      line.execute(() -> publishNow(address, messageId, message, answer));
      return answer;
    }

    private void publishNow(
        FrameAddress address, String id, byte[] message, CompletableFuture<BusPosition> answer) {
      try {
        requireUnbroken();
        if (plant.fails(Option.BUS_REFUSALS, random)) {
          throw new PortUnavailableException("publishing");
        }
        BusPosition at =
            plant.fails(Option.BODIES_DAMAGED, random)
                ? put(address, id, damaged(address, message))
                : put(address, id, message);
        if (plant.fails(Option.BUS_ANSWERS_LOST, random)) {
          throw new PortUnavailableException("hearing of a publication");
        }
        process.execute(() -> answer.complete(at));
      } catch (CompletionException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        process.execute(() -> answer.completeExceptionally(cause));
      } catch (PortUnavailableException e) {
        process.execute(() -> answer.completeExceptionally(e));
      }
    }

    /** What a client hears first after a broker was away, however short. */
    private void requireUnbroken() {
      if (publishedAt != starts) {
        publishedAt = starts;
        throw new PortUnavailableException("the connection to the broker broke");
      }
    }

    @Override
    public List<Message> read(FrameAddress address, BusPosition after, int maxCount, long bytes) {
      if (comparedAt.getOrDefault(address, madeAt) != starts) {
        throw new PortUnavailableException("the broker was away since this queue was compared");
      }
      return broker.read(address, after, maxCount, bytes);
    }

    @Override
    public BusPosition verify(FrameAddress address, BusPosition committed) {
      if (plant.sabotage() == Sabotage.POSITION_KEPT_AFTER_TAIL_CUT
          && queue(address).generation == committed.generation()) {
        comparedAt.put(address, starts);
        return committed;
      }
      BusPosition found = broker.verify(address, committed);
      comparedAt.put(address, starts);
      Queue queue = queue(address);
      queue.generation = Math.max(queue.generation, found.generation());
      return found;
    }

    @Override
    public void forget(FrameAddress address, BusPosition position) {
      broker.forget(address, position);
    }

    @Override
    public void onArrival(Runnable listener) {
      broker.onArrival(listener);
    }

    @Override
    public Fill fill() {
      return broker.fill();
    }

    @Override
    public Durability durability() {
      return broker.durability();
    }
  }
}
