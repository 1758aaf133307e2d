package dev.sentinelj.ports.driving;

import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.ingest.IngestVerdict;
import dev.sentinelj.core.ingest.RawSubmission;
import dev.sentinelj.core.ingest.Refusal;
import dev.sentinelj.core.ingest.RetryReason;
import dev.sentinelj.core.progress.Committed;
import dev.sentinelj.core.session.HeartbeatProof;
import dev.sentinelj.core.session.Hello;
import dev.sentinelj.core.session.ReconcileAnswer;
import dev.sentinelj.core.session.ReconcileQuery;
import dev.sentinelj.core.session.SessionLimits;
import dev.sentinelj.core.signing.AgentKey;
import dev.sentinelj.core.time.Now;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** The gateway's side of a stream. */
public interface AgentSessions {

  /**
   * Checks a hello in the order agent, key, MAC, time and opens a session. The stage never fails.
   *
   * @param listener hears what concerns the agent until the session is closed; calls come one at a
   *     time and must not block
   */
  CompletionStage<Opening> open(Hello hello, Listener listener, Now now);

  /**
   * Notes a sign of life that came outside a stream, when agent, key, MAC and time hold; false, and
   * no effect, when one of them does not. The stage fails with {@link
   * dev.sentinelj.ports.PortUnavailableException} when the registry does not answer.
   */
  CompletionStage<Boolean> heartbeat(HeartbeatProof proof, Now now);

  sealed interface Opening {
    /**
     * @param key signs the welcome and every message of the session
     */
    record Opened(Session session, AgentKey key, SessionLimits limits) implements Opening {}

    record Refused(Refusal reason) implements Opening {}

    /** The MAC held and the time did not. {@code key} signs the answer. */
    record Skewed(AgentKey key, long serverMillis) implements Opening {}

    record Unavailable(RetryReason reason, long delayMillis) implements Opening {}
  }

  /** Calls come from one thread at a time. */
  interface Session {

    /** As {@link IngestBatches#ingest}, for the session's agent only. */
    CompletionStage<IngestVerdict> push(RawSubmission submission, Now now);

    void heartbeat(long sentAtMillis, Now now);

    /** Fails with {@link dev.sentinelj.ports.PortUnavailableException}. */
    CompletionStage<ReconcileAnswer> reconcile(ReconcileQuery query);

    /**
     * Closes an epoch of the session's agent: when the stage completes, every transaction that did
     * not know it has ended. What comes late out of the bus is still let in once, unless its
     * content was carried over before. Idempotent. Fails with {@link
     * dev.sentinelj.ports.PortUnavailableException}.
     */
    CompletionStage<Void> closeEpoch(long epoch);

    /** The agent went away. Idempotent. */
    void close();
  }

  /** What a session is told without asking. */
  interface Listener {
    void committed(Committed committed);

    void setsNeeded(List<Sha256> sets);

    /** The session must end: the agent was deleted or its key revoked. */
    void end(Refusal reason);
  }
}
