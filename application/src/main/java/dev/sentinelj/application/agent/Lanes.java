package dev.sentinelj.application.agent;

import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.driven.BatchLog;
import java.util.function.LongPredicate;
import java.util.stream.Stream;

/**
 * The log as two lanes: what is fresh, and the backlog of what comes late. What an earlier session
 * left is in neither until it is released. Which lane goes first is not decided here.
 */
final class Lanes {

  /** Where the fresh lane starts is looked for among so many of the newest records. */
  private static final int RECENT = 32;

  private static final long RECENT_BYTES = 16L << 20;

  private final BatchLog log;
  private final ServerTerms terms;
  private final LogLane fresh;
  private final LogLane backlog;
  private boolean released;
  private long sessionStart = 1;

  /**
   * @param settled seqs that need not be sent, asked when their turn comes
   */
  Lanes(BatchLog log, ServerTerms terms, LongPredicate settled) {
    this.log = log;
    this.terms = terms;
    this.fresh = new LogLane(log, settled);
    this.backlog = new LogLane(log, settled);
    ended();
  }

  LogLane fresh() {
    return fresh;
  }

  LogLane backlog() {
    return backlog;
  }

  /** What is durable now is older than the session. */
  void opened() {
    sessionStart = log.durableThrough() + 1;
    fresh.reset(sessionStart, Long.MAX_VALUE);
    backlog.reset(1, 1);
    released = log.firstSeq() >= sessionStart;
  }

  /** All of the log is to be sent, and fresh until something is found to be old. */
  void ended() {
    released = false;
    fresh.reset(log.firstSeq(), Long.MAX_VALUE);
    backlog.reset(1, 1);
  }

  /** Lets go what is older than the session. */
  void release() {
    if (released) {
      return;
    }
    released = true;
    if (fresh.next() == sessionStart) {
      fresh.reset(log.firstSeq(), Long.MAX_VALUE); // nothing was sent yet: all of it in one order
    } else {
      backlog.reset(log.firstSeq(), sessionStart);
    }
  }

  /** Moves what is old at the head of the fresh lane to the backlog. */
  void split(Now now) {
    if (!released || fresh.peek().filter(batch -> old(batch, now)).isEmpty()) {
      return;
    }
    long durable = log.durableThrough();
    long boundary = durable + 1;
    long from = Math.max(fresh.next(), durable - RECENT + 1);
    for (SignedBatch batch : log.read(from, RECENT, RECENT_BYTES)) {
      if (Delivery.hasSamples(batch) && !old(batch, now)) {
        boundary = batch.id().seq();
        break;
      }
    }
    backlog.reset(backlog.isEmpty() ? fresh.next() : backlog.next(), boundary);
    fresh.reset(boundary, Long.MAX_VALUE);
  }

  /** Has everything from {@code seq} on gone through once more. */
  void rewind(long seq) {
    long end = released ? fresh.next() : sessionStart;
    if (backlog.isEmpty()) {
      backlog.reset(seq, end);
    } else {
      backlog.reset(Math.min(seq, backlog.next()), Math.max(end, backlog.end()));
    }
  }

  /** Whether nothing waits to be sent for the first time in this session. */
  boolean nothingNext() {
    return fresh.peek().isEmpty() && backlog.peek().isEmpty();
  }

  /** Whether the next of the backlog is so old that what is fresh goes first. */
  boolean late(Now now) {
    return backlog.peek().filter(batch -> old(batch, now)).isPresent();
  }

  /** Whether samples up to this time belong to the backlog. */
  boolean old(long greatestTimeMillis, Now now) {
    return Lane.of(terms.stamp(now), greatestTimeMillis) == Lane.BACKLOG;
  }

  /** Greatest sample time of the older head of the two; the greatest number without any. */
  long oldestMillis() {
    return Stream.of(fresh, backlog)
        .flatMap(lane -> lane.peek().stream())
        .filter(Delivery::hasSamples)
        .mapToLong(batch -> batch.header().greatestTimeMillis())
        .min()
        .orElse(Long.MAX_VALUE);
  }

  private boolean old(SignedBatch batch, Now now) {
    return Delivery.hasSamples(batch) && old(batch.header().greatestTimeMillis(), now);
  }
}
