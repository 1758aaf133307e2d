package dev.sentinelj.core.session;

import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.ingest.Receipt;
import dev.sentinelj.core.ingest.Refusal;
import dev.sentinelj.core.ingest.RetryReason;
import dev.sentinelj.core.progress.Committed;
import java.util.List;

/**
 * What an agent hears in a session. Everything but {@link RetryLater} and {@link Closed} arrived
 * under a MAC that held, and in order.
 */
public sealed interface Downlink {
  /** The session is open. */
  record Opened(long serverMillis, SessionLimits limits) implements Downlink {}

  /** The broker has it. */
  record Accepted(long epoch, long seq, long attempt, Receipt receipt) implements Downlink {}

  /** The database's latest word on this agent's epoch. */
  record Progress(Committed committed) implements Downlink {}

  /** Not taken now; the same batch may be sent after the delay. */
  record RetryLater(long epoch, long seq, long attempt, RetryReason reason, long delayMillis)
      implements Downlink {}

  /** Not taken; for good when {@code reason} is permanent. */
  record Refused(long epoch, long seq, long attempt, Refusal reason) implements Downlink {}

  /** The agent's clock is off: this is the time to stamp by. */
  record Skewed(long serverMillis) implements Downlink {}

  /** Definitions the workers lack: attach them to the next batches. */
  record SetsNeeded(List<Sha256> sets) implements Downlink {
    public SetsNeeded {
      sets = List.copyOf(sets);
    }
  }

  record Reconciled(ReconcileAnswer answer) implements Downlink {}

  /**
   * This epoch of the agent is closed: every transaction that did not know it has ended, and
   * whoever writes the epoch hears that it is to go on in another.
   */
  record EpochClosed(long epoch) implements Downlink {}

  /**
   * The session is over; nothing follows.
   *
   * @param reason one line for an operator
   */
  record Closed(CloseReason why, String reason) implements Downlink {}

  /** What the end of a session asks of the agent. */
  enum CloseReason {
    /** The connection failed or the gateway went away: back off and try again. */
    LOST,
    /**
     * The gateway does not know this agent or key, or it was deleted. Unauthenticated: back off.
     */
    REFUSED
  }
}
