package dev.sentinelj.application.worker;

import dev.sentinelj.application.gateway.AgentDirectory;
import dev.sentinelj.application.status.Counters;
import dev.sentinelj.application.worker.PullReader.Opened;
import dev.sentinelj.application.worker.PullScript.Pull;
import dev.sentinelj.application.worker.Unparking.Take;
import dev.sentinelj.application.worker.Unparking.Which;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.failpoint.Failpoint;
import dev.sentinelj.core.signing.MacKey;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.BatchBus;
import dev.sentinelj.ports.driven.BatchBus.Message;
import dev.sentinelj.ports.driven.BatchCodec;
import dev.sentinelj.ports.driven.BusPosition;
import dev.sentinelj.ports.driven.PartitionStore;
import dev.sentinelj.ports.driven.PartitionStore.Lease;
import dev.sentinelj.ports.driven.PartitionStore.LeaseAnswer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Moves batches of some partitions from the bus into the database: one pull, one transaction, one
 * at a time. What it remembers changes after a commit only; when an outcome is unknown or the lease
 * was lost, the memory of that partition is dropped and loaded again.
 *
 * <p>Not thread safe: {@link #poll} and everything {@code mailbox} runs belong to one thread. Call
 * {@link #poll} after each run of the mailbox, when the bus has news, and every few milliseconds.
 * {@link #reports} is safe from any thread.
 */
public final class WorkerStrand {
  private static final long LEASE_EVERY_MILLIS = 2_000;
  private static final long VERIFY_EVERY_MILLIS = 1_000;
  private static final long FORGET_EVERY_MILLIS = 60_000;
  private static final long TIDY_EVERY_MILLIS = 60_000;

  /** Parked batches given up in one transaction. */
  private static final int TIDY_BATCHES = 100;

  /** Above this share of the bus's space the restore margin yields. */
  static final double CROWDED_RATIO = 0.6;

  private static final Shape NO_SHAPE = new Shape(0, 0, 0);

  private final String owner;
  private final PartitionStore store;
  private final BatchBus bus;
  private final PullReader reader;
  private final BatchJudge judge;
  private final Executor mailbox;
  private final WorkerLimits limits;
  private final Counters counters;
  private final List<OwnedPartition> partitions;
  private final PartitionReports reports = new PartitionReports();
  private final PullOutcomes outcomes;
  private int turn;
  private boolean busy;
  private boolean closed;

  /**
   * @param owner names this strand among all of all workers
   * @param partitions what it tries to own, 0 to {@code bus.partitions() - 1}
   * @param mailbox brings answers back to the thread of this strand
   */
  public WorkerStrand(
      String owner,
      List<Integer> partitions,
      PartitionStore store,
      BatchBus bus,
      BatchCodec codec,
      AgentDirectory directory,
      MacKey clusterKey,
      Executor mailbox,
      WorkerLimits limits,
      Counters counters) {
    this.owner = owner;
    this.store = store;
    this.bus = bus;
    this.reader = new PullReader(clusterKey, directory);
    this.judge = new BatchJudge(codec);
    this.mailbox = mailbox;
    this.limits = limits;
    this.counters = counters;
    this.outcomes = new PullOutcomes(counters, reports);
    this.partitions =
        partitions.stream().map(number -> new OwnedPartition(number, limits)).toList();
  }

  /**
   * How one partition stands.
   *
   * @param lagMillis how old the last message read was when it was read; 0 when nothing waits
   */
  public record PartitionReport(int partition, boolean owned, String detail, long lagMillis) {}

  /** The latest report on each partition, by number. */
  public List<PartitionReport> reports() {
    return reports.all();
  }

  /** Takes and renews leases and starts the next piece of work, if there is one. */
  public void poll(Now now) {
    if (closed) {
      return;
    }
    partitions.forEach(partition -> lease(partition, now));
    for (int i = 0; i < partitions.size() && !busy; i++) {
      OwnedPartition partition = partitions.get((turn + i) % partitions.size());
      if (work(partition, now)) {
        turn = (turn + i + 1) % partitions.size();
        return;
      }
    }
  }

  /** Whether a look-up or a transaction is under way. */
  public boolean busy() {
    return busy;
  }

  /** The windows of a partition that is held and loaded, for whoever checks them. */
  Optional<WindowTable> windows(int partition) {
    return partitions.stream()
        .filter(one -> one.number() == partition && one.lease().isPresent() && one.loaded())
        .map(one -> one.memory().windows())
        .findFirst();
  }

  /** Stops and gives the partitions back. */
  public CompletionStage<Void> close() {
    closed = true;
    List<CompletableFuture<Void>> releases = new ArrayList<>();
    for (OwnedPartition partition : partitions) {
      partition
          .lease()
          .ifPresent(lease -> releases.add(store.release(lease).toCompletableFuture()));
      partition.lost();
    }
    return CompletableFuture.allOf(releases.toArray(CompletableFuture[]::new));
  }

  private void lease(OwnedPartition partition, Now now) {
    if (partition.lease().isPresent() && !partition.owned(now)) {
      partition.lost();
      reports.lost(partition, "the lease ran out");
    }
    if (partition.askLease(now, LEASE_EVERY_MILLIS)) {
      Optional<Lease> held = partition.lease();
      store
          .lease(partition.number(), owner, held)
          .whenCompleteAsync((answer, _) -> leased(partition, held, answer, now), mailbox);
    }
  }

  private void leased(
      OwnedPartition partition, Optional<Lease> held, @Nullable LeaseAnswer answer, Now asked) {
    partition.leaseAnswered();
    if (closed || answer == null) {
      return; // no answer: what is held stays until it runs out
    }
    switch (answer) {
      case LeaseAnswer.Granted(Lease granted) -> partition.granted(granted, asked);
      case LeaseAnswer.Held(String other) -> {
        if (held.isPresent()) {
          counters.increment("worker_leases_lost");
        }
        partition.lost();
        reports.lost(partition, "held by " + other);
      }
    }
  }

  private boolean work(OwnedPartition partition, Now now) {
    if (!partition.owned(now) || partition.paused(now)) {
      return false;
    }
    if (!partition.loaded()) {
      load(partition, now);
      return true;
    }
    try {
      return verify(partition, now)
          || (partition.parkedFirst() && takeUp(partition, now))
          || pull(partition, now)
          || takeUp(partition, now);
    } catch (PortUnavailableException e) {
      reports.owned(partition, "the bus does not answer");
      partition.reconnected();
      partition.pause(now);
      return false;
    }
  }

  private void load(OwnedPartition partition, Now now) {
    counters.increment("worker_loads");
    await(
        partition,
        store.begin(leaseOf(partition)),
        (states, _) -> {
          if (states == null) {
            partition.pause(now);
          } else {
            partition.load(states);
            reports.owned(partition, "reading");
          }
        });
  }

  /** Compares the bus with what was committed; a bus that is another one is read from its start. */
  private boolean verify(OwnedPartition partition, Now now) {
    if (!partition.verifyDue(now, VERIFY_EVERY_MILLIS)) {
      return false;
    }
    boolean crowded = bus.fill().ratio() > CROWDED_RATIO;
    boolean forget = crowded || partition.forgetDue(now, FORGET_EVERY_MILLIS);
    for (Lane lane : Lane.values()) {
      LaneCursor cursor = partition.cursor(lane);
      // ticks may have been read past the position of record, and batches of the next message
      // stored: a lost tail shows there first
      BusPosition found = bus.verify(cursor.address(), cursor.touched());
      if (!found.equals(cursor.touched())) {
        counters.increment("worker_bus_replaced");
        partition.reconnected(); // the other lane is another one too: compared before it is read
        BusPosition from = cursor.committed();
        transact(partition, Pull.move(lane, from, found), NO_SHAPE, now);
        return true;
      }
      cursor.confirmed();
      if (forget) {
        forget(cursor, crowded, now);
      }
    }
    return false;
  }

  /** Takes up a portion of what waited too long for its series set, or in time. */
  private boolean takeUp(OwnedPartition partition, Now now) {
    Optional<Which> due = partition.parkedDue(now, TIDY_EVERY_MILLIS, limits.parkedRetention());
    due.ifPresent(which -> {
      int most = which instanceof Which.Overdue ? TIDY_BATCHES : limits.pullMessages();
      Take take = new Take(which, partition.parked(which).next(most));
      LaneCursor any = partition.cursor(Lane.FRESH);
      Pull nothing = Pull.none(Lane.FRESH, any.committed());
      transact(partition, nothing, NO_SHAPE, Optional.of(take), now);
    });
    return due.isPresent();
  }

  private void forget(LaneCursor cursor, boolean crowded, Now now) {
    Optional<BusPosition> upTo =
        crowded
            ? Optional.of(cursor.committed()).filter(position -> position.sequence() > 0)
            : cursor.forgettable(now);
    upTo.ifPresent(position -> bus.forget(cursor.address(), position));
  }

  private boolean pull(OwnedPartition partition, Now now) {
    Lane first = partition.first();
    Lane second = first == Lane.FRESH ? Lane.BACKLOG : Lane.FRESH;
    return pull(partition, first, now) || pull(partition, second, now);
  }

  private boolean pull(OwnedPartition partition, Lane lane, Now now) {
    LaneCursor cursor = partition.cursor(lane);
    int count = cursor.careful() ? 1 : limits.pullMessages();
    List<Message> messages = bus.read(cursor.address(), cursor.read(), count, limits.pullBytes());
    if (messages.isEmpty()) {
      cursor.empty();
      partition.pulled(lane);
      return commitTicks(partition, cursor, now);
    }
    List<Opened> opened = reader.open(cursor.address(), messages);
    if (opened.stream().allMatch(Opened.Tick.class::isInstance)) {
      readTicks(partition, cursor, opened, now);
      return commitTicks(partition, cursor, now);
    }
    Failpoint.WORKER_FETCHED.hit();
    partition.pulled(lane);
    long stamp = messages.getFirst().position().stampMillis();
    reports.reading(partition, "reading", Math.max(0, now.wallMillis() - stamp));
    attempt(partition, cursor, opened, now);
    return true;
  }

  private static void readTicks(
      OwnedPartition partition, LaneCursor cursor, List<Opened> ticks, Now now) {
    for (Opened one : ticks) {
      if (one instanceof Opened.Tick(BusPosition position, long second)) {
        partition.memory().tick(second);
        cursor.readTicks(position, now);
      }
    }
  }

  private boolean commitTicks(OwnedPartition partition, LaneCursor cursor, Now now) {
    if (!cursor.ticksDue(now)) {
      return false;
    }
    Lane lane = cursor.address().lane();
    Pull pull = Pull.move(lane, cursor.committed(), cursor.read());
    transact(partition, pull, NO_SHAPE, now);
    return true;
  }

  /** A batch that is tried on its own is noted first: it may be the end of this process. */
  private void attempt(OwnedPartition partition, LaneCursor cursor, List<Opened> opened, Now now) {
    if (!cursor.meet(opened.getFirst().position())) {
      partition.reconnected();
      return;
    }
    if (cursor.index().isEmpty()) {
      lookUp(partition, cursor, opened, now);
      return;
    }
    await(
        partition,
        store.noteTry(leaseOf(partition), cursor.address().lane(), cursor.last().again()),
        (_, failure) -> {
          if (failure == null) {
            cursor.trying();
            lookUp(partition, cursor, opened, now);
          } else {
            partition.pause(now);
          }
        });
  }

  private void lookUp(OwnedPartition partition, LaneCursor cursor, List<Opened> opened, Now now) {
    await(
        partition,
        reader.lookUp(opened, now),
        (found, _) -> {
          if (found == null || found.isEmpty()) {
            counters.increment("worker_registry_waits");
            cursor.uncount();
            reports.owned(partition, "the registry does not answer; nothing is read");
            partition.pause(now);
          } else {
            judged(partition, cursor, opened, found.get(), now);
          }
        });
  }

  private void judged(
      OwnedPartition partition,
      LaneCursor cursor,
      List<Opened> opened,
      Map<AgentId, AgentDirectory.Answer> agents,
      Now now) {
    PullBuilder builder =
        new PullBuilder(judge, agents, cursor, partition.memory().lastTickSecond(), limits);
    Optional<Pull> pull;
    try {
      pull = builder.build(opened);
    } catch (RuntimeException | StackOverflowError e) {
      // a fault of ours in what decodes: found batch by batch, as one of the store's
      counters.increment("worker_decoding_failures");
      outcomes.failed(partition, cursor, opened, e.toString(), now);
      return;
    }
    if (pull.isEmpty()) {
      cursor.split(); // one message alone is more than a transaction may decode
      counters.increment("worker_messages_split");
      return;
    }
    transact(partition, pull.get(), builder.shape(), now);
  }

  /**
   * @param messages how many messages a pull has
   * @param batches how many batches its first message has
   * @param lastTick the last tick in it, or 0
   */
  record Shape(int messages, int batches, long lastTick) {}

  private void transact(OwnedPartition partition, Pull pull, Shape shape, Now now) {
    transact(partition, pull, shape, Optional.empty(), now);
  }

  private void transact(
      OwnedPartition partition, Pull pull, Shape shape, Optional<Take> take, Now now) {
    PullScript script =
        new PullScript(
            pull,
            new Unparking(judge, limits, take),
            partition.memory(),
            limits.retention().toMillis());
    await(
        partition,
        store.transact(leaseOf(partition), script),
        (outcome, failure) -> {
          if (outcome == null) {
            outcomes.unknown(partition, pull.lane(), script, failure, now);
          } else {
            outcomes.settle(partition, pull, shape, script, outcome, now);
          }
        });
  }

  private static Lease leaseOf(OwnedPartition partition) {
    return partition
        .lease()
        .orElseThrow(() -> new IllegalStateException("no lease on " + partition.number()));
  }

  /** Waits for an answer; it means nothing any more when the partition was loaded anew by then. */
  private <T> void await(
      OwnedPartition partition,
      CompletionStage<T> answer,
      BiConsumer<@Nullable T, @Nullable Throwable> then) {
    PartitionMemory memory = partition.memory();
    busy = true;
    answer.whenCompleteAsync(
        (value, failure) -> {
          busy = false;
          if (partition.memory() == memory) {
            then.accept(value, failure);
          }
        },
        mailbox);
  }
}
