package dev.sentinelj.ports.driven;

import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.ingest.Submission;
import dev.sentinelj.core.session.Downlink;
import dev.sentinelj.core.session.ReconcileQuery;
import dev.sentinelj.core.signing.AgentKey;
import java.util.function.Consumer;

/** The agent's way to a gateway. */
public interface Uplink {

  /**
   * Starts a session and returns at once. {@code events} hears {@link Downlink.Opened} when the
   * gateway has proved that it knows the key, then what it says, and last exactly one {@link
   * Downlink.Closed}, also when no connection came about or {@link Session#close} was called.
   * Events come one at a time, on a thread of the adapter's choosing; the listener must not block.
   */
  Session open(Opening opening, Consumer<Downlink> events);

  /**
   * @param sentAtMillis what the handshake is stamped with
   */
  record Opening(
      EpochId epoch, AgentKey key, String agentVersion, long nextSeq, long sentAtMillis) {}

  /** One session. Calls never block; after the end of the session they do nothing. Thread safe. */
  interface Session {

    /** Sends one batch. Its answer comes as an event that names epoch, seq and attempt. */
    void push(Submission submission);

    /** Whether the transport takes more without queueing it in memory. */
    boolean ready();

    /** Tells the gateway that the agent is alive, at {@code sentAtMillis}. */
    void heartbeat(long sentAtMillis);

    /** Asks for {@link Downlink.Reconciled}. */
    void reconcile(ReconcileQuery query);

    /** Asks for {@link Downlink.EpochClosed} of any epoch of this agent. */
    void closeEpoch(long epoch);

    void close();
  }
}
