package dev.sentinelj.runners.server;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.ports.driven.AuditQueries;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the last audit of each agent for a while, so that however many pages are open the database
 * is asked once. One audit runs at a time; who asks meanwhile gets the former answer if there is
 * one.
 */
public final class RememberedAudits implements AuditQueries {
  /** An answer is at least this long good for, */
  static final long MIN_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** and for so many times as it took: audits take a twentieth of the time at most. */
  static final long REST = 20;

  /** Agents beyond this are forgotten, those first that were asked for longest ago. */
  static final int MAX_AGENTS = 256;

  private final AuditQueries source;
  private final LongSupplier nanos;
  private final ReentrantLock running = new ReentrantLock();
  private final SequencedMap<AgentId, Remembered> remembered = new LinkedHashMap<>(16, 0.75f, true);

  private record Remembered(AgentAudit audit, long goodUntilNanos) {}

  /**
   * @param nanos a clock that never goes back
   */
  public RememberedAudits(AuditQueries source, LongSupplier nanos) {
    this.source = source;
    this.nanos = nanos;
  }

  @Override
  public AgentAudit audit(AgentId agent) {
    Remembered known = known(agent);
    if (known != null && (isGood(known) || running.isLocked())) {
      return known.audit();
    }
    running.lock();
    try {
      Remembered meanwhile = known(agent);
      return meanwhile != null && isGood(meanwhile) ? meanwhile.audit() : ask(agent);
    } finally {
      running.unlock();
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

  private boolean isGood(Remembered one) {
    return one.goodUntilNanos() - nanos.getAsLong() > 0;
  }

  private @Nullable Remembered known(AgentId agent) {
    synchronized (remembered) {
      return remembered.get(agent);
    }
  }
}
