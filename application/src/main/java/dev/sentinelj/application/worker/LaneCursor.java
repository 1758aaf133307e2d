package dev.sentinelj.application.worker;

import dev.sentinelj.core.frame.FrameAddress;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.driven.BusPosition;
import dev.sentinelj.ports.driven.PartitionStore.BatchTry;
import dev.sentinelj.ports.driven.PartitionStore.LaneState;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Where a strand is in one lane. Normally many messages go into one transaction. After one of them
 * could not be stored the lane is done message by message, and within the message that fails batch
 * by batch, until the whole failed pull is behind. Where work was begun again and again without an
 * end, one of the batches may kill whoever reads it: then as many messages as a pull may have are
 * done batch by batch, and each try is noted before. One owner.
 */
final class LaneCursor {
  /**
   * A batch that fails alone so often because of what it holds is dealt with in the next {@link
   * Way}.
   */
  static final int MAX_TRIES = 5;

  /** Beginnings without a step forward that are taken for accidents. */
  static final int MAX_BEGINNINGS = 2;

  /** Ticks without data are committed after so long. */
  static final long TICKS_COMMIT_MILLIS = 10_000;

  /**
   * What was committed stays in the bus this long, so that a database restored from a backup, or
   * from a replica that was behind, finds it there.
   */
  static final long RESTORE_MARGIN_MILLIS = 3_600_000;

  /** Positions within the margin are noted at most this often. */
  private static final long MARK_EVERY_MILLIS = 60_000;

  /**
   * What is made of a batch. Each way does less than the one before, so that in the end no batch
   * holds its lane up: the last one computes nothing from what an agent chose.
   */
  enum Way {
    /** It is decoded and stored. */
    STORE,
    /** It is kept aside with a ledger row. */
    ASIDE,
    /** So it is, and losses and last words of its epoch are not counted anew. */
    UNSETTLED,
    /** It is kept aside without a ledger row. */
    UNENTERED;

    static Way after(int tries) {
      return values()[Math.min(tries / MAX_TRIES, values().length - 1)];
    }
  }

  private final FrameAddress address;
  private final Deque<BusPosition> marks = new ArrayDeque<>();
  private BusPosition committed;
  private BusPosition read;
  private Optional<Now> ticksSince = Optional.empty();
  private Optional<BusPosition> carefulUntil = Optional.empty();
  private Way way = Way.STORE;
  private int suspects;
  private BusPosition message = BusPosition.START;
  private int index = -1;
  private boolean missed;
  private int tries;

  /**
   * @param suspects how many messages are done batch by batch when one of them is suspected to kill
   *     whoever reads it
   */
  LaneCursor(FrameAddress address, LaneState state, int suspects) {
    this.address = address;
    this.committed = state.position();
    this.read = committed;
    this.suspects = state.begun() > MAX_BEGINNINGS ? suspects : 0;
    forgetMessage();
    state.last().ifPresent(this::goOn);
    marks.add(committed);
  }

  private void goOn(BatchTry last) {
    message = last.message();
    index = last.index();
    tries = last.tries();
  }

  FrameAddress address() {
    return address;
  }

  /** The position of record. */
  BusPosition committed() {
    return committed;
  }

  /** The same, or behind ticks that wait for the next data. */
  BusPosition read() {
    return read;
  }

  /** Whether messages are done one by one. */
  boolean careful() {
    return carefulUntil.isPresent() || index >= 0;
  }

  /** The batch within the next message that is done alone, if it is done so. */
  OptionalInt index() {
    return index >= 0 ? OptionalInt.of(index) : OptionalInt.empty();
  }

  /** The batch at {@link #index}, and how often it was tried. */
  BatchTry last() {
    return new BatchTry(message, index, tries);
  }

  /**
   * The furthest place whose batches may be in the database: when the bus has another message
   * there, all it has is to be read anew.
   */
  BusPosition touched() {
    return begun() ? message : read;
  }

  private boolean begun() {
    return index >= 0 && message.sequence() > 0;
  }

  /**
   * Begins with the message at {@code position}; false when another one was begun in its place,
   * which the bus has lost.
   */
  boolean meet(BusPosition position) {
    missed = begun() && !message.equals(position);
    if (!missed) {
      message = position;
    }
    return !missed;
  }

  /**
   * The bus is the one that had the message at {@link #touched}. When another one was met in its
   * place it cannot be read any more; its agents send again what was in it.
   */
  void confirmed() {
    if (missed) {
      forgetMessage();
    }
  }

  private void forgetMessage() {
    missed = false;
    message = BusPosition.START;
    index = suspects > 0 ? 0 : -1;
    tries = 0;
    way = Way.STORE;
  }

  /** The batch at {@link #index} is about to be tried, and this was noted. */
  void trying() {
    way = Way.after(tries);
    tries++;
  }

  /** The last try said nothing about the batch. */
  void uncount() {
    tries = Math.max(0, tries - 1);
  }

  /** What the try under way makes of the batch at {@link #index}. */
  Way way() {
    return way;
  }

  /** There is nothing to read, so nothing in this lane is the end of whoever reads it. */
  void empty() {
    suspects = 0;
    forgetMessage();
  }

  /** Ticks alone were read up to {@code position}. */
  void readTicks(BusPosition position, Now now) {
    read = position;
    if (ticksSince.isEmpty()) {
      ticksSince = Optional.of(now);
    }
  }

  boolean ticksDue(Now now) {
    return ticksSince.isPresent() && now.millisSince(ticksSince.get()) >= TICKS_COMMIT_MILLIS;
  }

  /** The newest position that was noted and is older than the restore margin. */
  Optional<BusPosition> forgettable(Now now) {
    Optional<BusPosition> found = Optional.empty();
    while (!marks.isEmpty()
        && now.wallMillis() - marks.getFirst().stampMillis() >= RESTORE_MARGIN_MILLIS) {
      found = Optional.of(marks.removeFirst());
    }
    return found.filter(position -> position.sequence() > 0);
  }

  private void mark(BusPosition position) {
    if (!marks.isEmpty() && marks.getLast().generation() != position.generation()) {
      marks.clear();
    }
    if (marks.isEmpty()
        || position.stampMillis() - marks.getLast().stampMillis() >= MARK_EVERY_MILLIS) {
      marks.add(position);
    }
  }

  /** A transaction committed that moved the position. */
  void moved(BusPosition position) {
    mark(position);
    committed = position;
    read = position;
    ticksSince = Optional.empty();
    suspects = Math.max(0, suspects - 1);
    forgetMessage();
    if (carefulUntil.isPresent() && position.compareTo(carefulUntil.get()) >= 0) {
      carefulUntil = Optional.empty();
    }
  }

  /** A transaction committed that took one batch of a message. */
  void nextBatch() {
    index++;
    tries = 0;
    way = Way.STORE;
  }

  /** The next message is done batch by batch. */
  void split() {
    index = 0;
    tries = 0;
    way = Way.STORE;
  }

  /**
   * A pull could not be stored because of what it holds.
   *
   * @param last position of the pull
   * @param messages how many it had
   * @param batches how many the first of them had
   */
  void failed(BusPosition last, int messages, int batches) {
    if (messages > 1) {
      carefulUntil = Optional.of(last);
    } else if (index < 0) {
      split();
      tries = batches > 1 ? 0 : 1;
    }
  }
}
