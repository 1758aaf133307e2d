package dev.sentinelj.application.agent;

import dev.sentinelj.core.session.ReconcileAnswer;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.BatchCodec;
import dev.sentinelj.ports.driven.BatchLog;
import dev.sentinelj.ports.driven.BatchLogs;
import dev.sentinelj.ports.driven.Uplink;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Carries former logs over into the current one, oldest first, through whatever session is open. A
 * log becomes a former one when its epoch turned out to be written by somebody else too.
 *
 * <p>After a restart it goes on where the logs say that it stopped. Not thread safe: everything is
 * called on the agent's mailbox.
 */
final class Succession {
  /** So many pieces of logs are read per poll. */
  private static final int PIECES = 4;

  private static final long RETRY_MILLIS = 1_000;

  private final BatchLogs logs;
  private final BatchCodec codec;
  private final Batcher batcher;
  private final ServerTerms terms;
  private final Origins origins = new Origins();
  private final Deque<LogScan> unread = new ArrayDeque<>();
  private @Nullable CarriedLog carried;
  private boolean waiting;
  private long retryAtNanos;
  private long copies;
  private String trouble = "";

  Succession(BatchLogs logs, BatchCodec codec, Batcher batcher, ServerTerms terms) {
    this.logs = logs;
    this.codec = codec;
    this.batcher = batcher;
    this.terms = terms;
    List<BatchLog> behind = new ArrayList<>(logs.formers());
    if (!behind.isEmpty()) {
      behind.removeFirst();
      behind.add(logs.current());
      behind.forEach(log -> unread.add(new LogScan(log)));
    }
  }

  /** Whether there is no former log. */
  boolean done() {
    return logs.formers().isEmpty();
  }

  /** Batches carried over since the start. */
  long copies() {
    return copies + (carried == null ? 0 : carried.copies());
  }

  /** What holds it up, in one line; empty for nothing. */
  String trouble() {
    return trouble;
  }

  /** The database says that {@code epoch} is closed. */
  void closed(long epoch) {
    if (carried != null) {
      carried.closed(epoch);
    }
  }

  void answered(ReconcileAnswer answer, Now now) {
    if (carried != null) {
      carried.answered(answer, now);
    }
  }

  /**
   * Does a little.
   *
   * @param session the open one, if there is one
   */
  void poll(Uplink.@Nullable Session session, Now now) {
    if (waiting && now.monotonicNanos() - retryAtNanos < 0) {
      return;
    }
    try {
      waiting = false;
      trouble = "";
      for (int i = 0; i < PIECES && advance(session, now); i++) {
        // the next piece
      }
    } catch (PortUnavailableException e) {
      trouble = "carrying over a former log: " + e.getMessage();
      waiting = true;
      retryAtNanos = now.monotonicNanos() + RETRY_MILLIS * 1_000_000;
    }
  }

  private boolean advance(Uplink.@Nullable Session session, Now now) {
    LogScan scan = unread.peekFirst();
    if (scan != null) {
      var read = scan.next();
      read.forEach(origins::read);
      if (read.isEmpty()) {
        unread.removeFirst();
      }
      return true;
    }
    if (carried == null) {
      List<BatchLog> formers = logs.formers();
      if (formers.isEmpty()) {
        return false;
      }
      carried = new CarriedLog(formers.getFirst(), logs, codec, batcher, terms, origins);
    }
    boolean more = carried.advance(session, now);
    if (carried.step() == CarriedLog.Step.GONE) {
      copies += carried.copies();
      origins.forget(carried.epoch());
      carried = null;
    }
    return more;
  }
}
