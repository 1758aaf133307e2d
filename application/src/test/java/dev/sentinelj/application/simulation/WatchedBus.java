package dev.sentinelj.application.simulation;

import dev.sentinelj.adapters.memory.InMemoryBatchBus;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.Lane;
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

/** The one broker. Each process sees it over a connection of its own, which fails now and then. */
final class WatchedBus {
  private final Plant plant;
  private final RandomGenerator random;
  private final InMemoryBatchBus broker;
  private final Map<FrameAddress, Queue> queues = new HashMap<>();

  WatchedBus(Plant plant) {
    this.plant = plant;
    this.random = plant.world().newRandom();
    this.broker =
        new InMemoryBatchBus(
            plant.option(Option.PARTITIONS), 8 << 20, () -> plant.world().now().wallMillis());
  }

  /** What the broker holds and nobody has checked yet. */
  private static final class Queue {
    private final TreeMap<Long, List<BatchId>> unread = new TreeMap<>();
    private final TreeMap<Long, Long> stamps = new TreeMap<>();
    private long generation;
  }

  BatchBus seenBy(SimulatedProcess process) {
    return new Connection(process);
  }

  void loseAll() {
    broker.loseAll();
    queues
        .values()
        .forEach(queue -> {
          queue.unread.clear();
          queue.stamps.clear();
          queue.generation = 0;
        });
  }

  /** The broker forgets the newest messages of one of its queues, and starts again. */
  void loseTail(int which, int count) {
    int partition = which / 2 % plant.option(Option.PARTITIONS);
    FrameAddress address = new FrameAddress(partition, which % 2 == 0 ? Lane.FRESH : Lane.BACKLOG);
    broker.loseTail(address, count);
    Queue queue = queue(address);
    for (int i = 0; i < count && !queue.stamps.isEmpty(); i++) {
      queue.unread.remove(queue.stamps.pollLastEntry().getKey());
    }
  }

  void available(boolean now) {
    broker.setAvailable(now);
  }

  /** The batches at or before {@code committed} that were not asked for before. */
  List<BatchId> readBy(FrameAddress address, BusPosition committed) {
    Queue queue = queue(address);
    boolean here =
        Long.valueOf(committed.stampMillis()).equals(queue.stamps.get(committed.sequence()));
    if (queue.generation != committed.generation() || !here) {
      return List.of(); // a position of a broker that is no more: its owner has not compared yet
    }
    Map<Long, List<BatchId>> read = queue.unread.headMap(committed.sequence(), true);
    List<BatchId> found = new ArrayList<>();
    read.values().forEach(found::addAll);
    read.clear();
    return found;
  }

  private Queue queue(FrameAddress address) {
    return queues.computeIfAbsent(address, _ -> new Queue());
  }

  private BusPosition put(FrameAddress address, String messageId, byte[] message) {
    BusPosition at = broker.publish(address, messageId, message).toCompletableFuture().join();
    Queue queue = queue(address);
    queue.generation = at.generation();
    queue.stamps.put(at.sequence(), at.stampMillis());
    if (Frame.open(message, address, plant.clusterKey()) instanceof Frame.Batches(var entries)) {
      Receipt receipt =
          new Receipt(address.partition(), address.lane(), at.generation(), at.sequence());
      entries.forEach(entry -> plant.book().put(entry.batch(), receipt));
      queue.unread.put(at.sequence(), idsOf(entries));
    }
    return at;
  }

  private static List<BatchId> idsOf(List<FrameEntry> entries) {
    return entries.stream().map(entry -> entry.batch().id()).toList();
  }

  private final class Connection implements BatchBus {
    private final SimulatedProcess process;
    private final Executor line;

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
        if (plant.fails(Option.BUS_REFUSALS, random)) {
          throw new PortUnavailableException("publishing");
        }
        BusPosition at = put(address, id, message);
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

    @Override
    public List<Message> read(FrameAddress address, BusPosition after, int maxCount, long bytes) {
      return broker.read(address, after, maxCount, bytes);
    }

    @Override
    public BusPosition verify(FrameAddress address, BusPosition committed) {
      BusPosition found = broker.verify(address, committed);
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
