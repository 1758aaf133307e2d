package dev.sentinelj.ports.driving;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.ingest.IngestVerdict;
import dev.sentinelj.core.ingest.RawSubmission;
import dev.sentinelj.core.signing.AgentKey;
import dev.sentinelj.core.time.Now;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Offers a batch to the gateway. */
public interface IngestBatches {

  /**
   * Checks in the order size, header, agent, key, MACs, time, attached sets, and publishes. The
   * stage never fails and completes with {@link IngestVerdict.Accepted} only after the broker's
   * acknowledgement. The same attempt again gets the same answer without effect; a new attempt of
   * the same batch is always published.
   *
   * @param session the agent that the call, session or certificate proved to be; empty when none
   *     was
   */
  CompletionStage<Answer> ingest(Optional<AgentId> session, RawSubmission submission, Now now);

  /**
   * @param key what the answer may be signed with: present when the MACs held, so that the agent
   *     may act on the answer
   */
  record Answer(IngestVerdict verdict, Optional<AgentKey> key) {}
}
