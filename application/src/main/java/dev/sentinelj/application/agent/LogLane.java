package dev.sentinelj.application.agent;

import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.ports.driven.BatchLog;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.LongPredicate;

/** A part of the log that is being sent for the first time in this session, in order of seq. */
final class LogLane {

  /** Read ahead at most so many batches and, beyond the first, so many bytes. */
  private static final int AHEAD = 64;

  private static final long AHEAD_BYTES = 1L << 20;

  private final BatchLog log;
  private final LongPredicate skip;
  private final Deque<SignedBatch> ahead = new ArrayDeque<>();
  private long next = 1;
  private long end = 1;

  /**
   * @param skip seqs that need not be sent, asked when their turn comes
   */
  LogLane(BatchLog log, LongPredicate skip) {
    this.log = log;
    this.skip = skip;
  }

  /** From {@code next} until before {@code end}. */
  void reset(long newNext, long newEnd) {
    ahead.clear();
    next = newNext;
    end = newEnd;
  }

  long next() {
    return next;
  }

  long end() {
    return end;
  }

  boolean isEmpty() {
    return next >= end;
  }

  /** The next batch to send, if there is one on disk. */
  Optional<SignedBatch> peek() {
    while (true) {
      SignedBatch head = ahead.isEmpty() ? null : ahead.getFirst();
      if (head == null) {
        if (!readAhead()) {
          return Optional.empty();
        }
      } else if (skip.test(head.id().seq())) {
        taken();
      } else {
        return Optional.of(head);
      }
    }
  }

  /** Goes past the batch that {@link #peek} gave. */
  void taken() {
    next = ahead.removeFirst().id().seq() + 1;
  }

  private boolean readAhead() {
    long durable = log.durableThrough(); // it moves on meanwhile, and what comes is not passed over
    while (next < end && next <= durable && skip.test(next)) {
      next++;
    }
    if (next >= end || next > durable) {
      return false;
    }
    for (SignedBatch batch : log.read(next, AHEAD, AHEAD_BYTES)) {
      if (batch.id().seq() < end) {
        ahead.add(batch);
      }
    }
    if (ahead.isEmpty()) {
      next = Math.min(end, durable + 1);
    }
    return !ahead.isEmpty();
  }
}
