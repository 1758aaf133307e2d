package dev.sentinelj.runners.server;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.AuditQueries;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the last audit of each agent for a while, so that however many pages are open the database
 * is asked once. One audit runs at a time; who asks meanwhile gets the former answer if there is
 * one that is not too old, else waits for a turn, and not for ever: a database that hangs must not
 * take one request of this server after the other with it.
 */
public final class RememberedAudits implements AuditQueries {
  /** An answer is at least this long good for, */
  static final long MIN_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** and for so many times as it took: audits take a twentieth of the time at most. */
  static final long REST = 20;

  /** While another audit runs, an answer is given for so long after it was good. */
  static final long LATE_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** Agents beyond this are forgotten, those first that were asked for longest ago. */
  static final int MAX_AGENTS = 256;

  /** How long one waits for a turn. */
  static final Duration TURN = Duration.ofSeconds(10);

  /** Most who ask at once, with the one whose audit runs: a part of what the server serves. */
  static final int MAX_ASKING = 16;

  private final AuditQueries source;
  private final LongSupplier nanos;
  private final Duration turn;
  private final Semaphore room;
  private final ReentrantLock running = new ReentrantLock();
  private final SequencedMap<AgentId, Remembered> remembered = new LinkedHashMap<>(16, 0.75f, true);

  private record Remembered(AgentAudit audit, long goodUntilNanos) {}

  /**
   * @param nanos a clock that never goes back
   */
  public RememberedAudits(AuditQueries source, LongSupplier nanos) {
    this(source, nanos, TURN, MAX_ASKING);
  }

  RememberedAudits(AuditQueries source, LongSupplier nanos, Duration turn, int asking) {
    this.source = source;
    this.nanos = nanos;
    this.turn = turn;
    this.room = new Semaphore(asking);
  }

  @Override
  public AgentAudit audit(AgentId agent) {
    Remembered known = known(agent);
    if (known != null && isGood(known, running.isLocked() ? LATE_NANOS : 0)) {
      return known.audit();
    }
    if (!room.tryAcquire()) {
      throw new BusyException("too many audits were asked for at once");
    }
    try {
      return inTurn(agent);
    } finally {
      room.release();
    }
  }

  private AgentAudit inTurn(AgentId agent) {
    awaitTurn(agent);
    try {
      Remembered meanwhile = known(agent);
      return meanwhile != null && isGood(meanwhile, 0) ? meanwhile.audit() : ask(agent);
    } finally {
      running.unlock();
    }
  }

  private void awaitTurn(AgentId agent) {
    try {
      if (!running.tryLock(turn.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new BusyException("another audit did not end within " + turn.toSeconds() + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PortUnavailableException("auditing " + agent + ": interrupted", e);
    }
  }

  private AgentAudit ask(AgentId agent) {
    long begin = nanos.getAsLong();
    AgentAudit audit = source.audit(agent);
    long end = nanos.getAsLong();
    long good = Math.max(MIN_NANOS, REST * (end - begin));
    synchronized (remembered) {
      remembered.put(agent, new Remembered(audit, end + good));
      if (remembered.size() > MAX_AGENTS) {
        remembered.pollFirstEntry();
      }
    }
    return audit;
  }

  private boolean isGood(Remembered one, long lateNanos) {
    return one.goodUntilNanos() + lateNanos - nanos.getAsLong() > 0;
  }

  private @Nullable Remembered known(AgentId agent) {
    synchronized (remembered) {
      return remembered.get(agent);
    }
  }
}
