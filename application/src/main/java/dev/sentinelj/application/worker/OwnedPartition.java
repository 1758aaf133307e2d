package dev.sentinelj.application.worker;

import dev.sentinelj.application.worker.Unparking.Which;
import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.frame.FrameAddress;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.driven.BusPosition;
import dev.sentinelj.ports.driven.PartitionStore;
import dev.sentinelj.ports.driven.PartitionStore.BatchTry;
import dev.sentinelj.ports.driven.PartitionStore.LaneState;
import dev.sentinelj.ports.driven.PartitionStore.Lease;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** What a strand knows of one of its partitions. One owner. */
final class OwnedPartition {
  private static final long FIRST_PAUSE_MILLIS = 100;
  private static final long MAX_PAUSE_MILLIS = 5_000;

  /** Pulls of the fresh lane before the backlog gets its turn. */
  private static final int FRESH_FIRST = 4;

  private final int number;
  private final WorkerLimits limits;
  private PartitionMemory memory;
  private Optional<Lease> lease = Optional.empty();
  private Optional<Now> leaseFrom = Optional.empty();
  private Optional<Now> leaseAsked = Optional.empty();
  private boolean leasing;
  private final Map<Lane, LaneCursor> lanes = new EnumMap<>(Lane.class);
  private final Map<Lane, BatchTry> forgiven = new EnumMap<>(Lane.class);
  private Optional<Now> pausedFrom = Optional.empty();
  private long pauseMillis;
  private int failures;
  private Optional<Now> verified = Optional.empty();
  private Optional<Now> forgotten = Optional.empty();
  private final ParkedTurn known = new ParkedTurn();
  private final ParkedTurn overdue = new ParkedTurn();
  private Optional<Now> tidied = Optional.empty();
  private boolean parkedFirst;
  private int freshStreak;

  OwnedPartition(int number, WorkerLimits limits) {
    this.number = number;
    this.limits = limits;
    this.memory = new PartitionMemory(limits);
  }

  int number() {
    return number;
  }

  PartitionMemory memory() {
    return memory;
  }

  Optional<Lease> lease() {
    return lease;
  }

  /** Whether a lease is held that has not run out, counted from when it was asked for. */
  boolean owned(Now now) {
    return lease.isPresent()
        && leaseFrom.isPresent()
        && now.millisSince(leaseFrom.get()) < PartitionStore.LEASE_MILLIS;
  }

  /** Whether it is time to ask for the lease; if so the question counts as asked. */
  boolean askLease(Now now, long everyMillis) {
    boolean early = leaseAsked.isPresent() && now.millisSince(leaseAsked.get()) < everyMillis;
    if (leasing || early) {
      return false;
    }
    leasing = true;
    leaseAsked = Optional.of(now);
    return true;
  }

  void leaseAnswered() {
    leasing = false;
  }

  /** The lease was granted on a question asked at {@code asked}. */
  void granted(Lease granted, Now asked) {
    boolean renewed = lease.isPresent() && lease.get().token() == granted.token();
    lease = Optional.of(granted);
    leaseFrom = Optional.of(asked);
    if (!renewed) {
      drop();
    }
  }

  void lost() {
    lease = Optional.empty();
    leaseFrom = Optional.empty();
    drop();
  }

  /** Forgets everything about the partition but the lease; it is loaded again. */
  void drop() {
    memory = new PartitionMemory(limits);
    lanes.clear();
    verified = Optional.empty();
  }

  boolean loaded() {
    return !lanes.isEmpty();
  }

  void load(Map<Lane, LaneState> states) {
    for (Lane lane : Lane.values()) {
      LaneState state =
          forgiven(
              lane,
              states.getOrDefault(lane, new LaneState(BusPosition.START, 1, Optional.empty())));
      lanes.put(lane, new LaneCursor(new FrameAddress(number, lane), state, limits.pullMessages()));
    }
    forgiven.clear();
    known.found();
  }

  /**
   * The try of one batch ended without a word on it, because the store did not answer. It was noted
   * and does not count, although the cursor is lost now.
   */
  void forgive(Lane lane) {
    LaneCursor cursor = cursor(lane);
    if (cursor.index().isPresent()) {
      forgiven.put(lane, cursor.last());
    }
  }

  private LaneState forgiven(Lane lane, LaneState state) {
    return new LaneState(
        state.position(),
        state.begun(),
        state.last().map(last -> last.equals(forgiven.get(lane)) ? last.forgiven() : last));
  }

  LaneCursor cursor(Lane lane) {
    LaneCursor cursor = lanes.get(lane);
    if (cursor == null) {
      throw new IllegalStateException("partition " + number + " is not loaded");
    }
    return cursor;
  }

  /** The lane to read first, so that the backlog never waits for the fresh lane to be empty. */
  Lane first() {
    return freshStreak >= FRESH_FIRST ? Lane.BACKLOG : Lane.FRESH;
  }

  void pulled(Lane lane) {
    parkedFirst = true;
    freshStreak = lane == Lane.FRESH ? freshStreak + 1 : 0;
  }

  boolean verifyDue(Now now, long everyMillis) {
    boolean due = verified.isEmpty() || now.millisSince(verified.get()) >= everyMillis;
    if (due) {
      verified = Optional.of(now);
    }
    return due;
  }

  /** The bus was away: it may be another one when it answers again. */
  void reconnected() {
    verified = Optional.empty();
  }

  boolean forgetDue(Now now, long everyMillis) {
    boolean due = forgotten.isEmpty() || now.millisSince(forgotten.get()) >= everyMillis;
    if (due) {
      forgotten = Optional.of(now);
    }
    return due;
  }

  /**
   * Whether parked batches have their turn before the next pull: never twice in a row, nor at the
   * start, so that no parked batch holds the lanes up, whatever it does to whoever takes it up.
   */
  boolean parkedFirst() {
    return parkedFirst;
  }

  /** Which parked batches there may be to take up. */
  Optional<Which> parkedDue(Now now, long tidyEveryMillis, Duration retention) {
    if (overdue.due() || tidied.isEmpty() || now.millisSince(tidied.get()) >= tidyEveryMillis) {
      return Optional.of(new Which.Overdue(now.wallMillis() - retention.toMillis()));
    }
    return known.due() ? Optional.of(new Which.Known()) : Optional.empty();
  }

  ParkedTurn parked(Which which) {
    return which instanceof Which.Overdue ? overdue : known;
  }

  /** A transaction was committed that took some of them up, or brought what they wait for. */
  void parkedDone(Unparking parked, Now now) {
    if (parked.take().isEmpty() && parked.more()) {
      known.found();
    }
    parked
        .take()
        .ifPresent(take -> {
          parkedFirst = false;
          parked(take.which()).done(parked.more());
          if (take.which() instanceof Which.Overdue) {
            tidied = Optional.of(now);
          }
        });
  }

  /** A transaction failed because of what it holds, which may be what it took up of them. */
  void parkedFailed(Unparking parked) {
    parked
        .take()
        .ifPresent(take -> {
          parkedFirst = false;
          parked(take.which()).failed(parked.first());
        });
  }

  boolean paused(Now now) {
    return pausedFrom.isPresent() && now.millisSince(pausedFrom.get()) < pauseMillis;
  }

  /** Waits before the next try, longer with each failure in a row. */
  void pause(Now now) {
    pauseMillis = Math.min(MAX_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(failures, 10));
    pausedFrom = Optional.of(now);
    failures++;
  }

  /** Waits at least {@code millis}. */
  void pause(Now now, long millis) {
    pause(now);
    pauseMillis = Math.max(pauseMillis, millis);
  }

  void succeeded() {
    failures = 0;
    pausedFrom = Optional.empty();
  }
}
