package dev.sentinelj.ports.driven;

import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.ingest.Refusal;

/** The agent's quarantine: batches that no gateway will ever take. */
public interface RefusedBatches {

  /**
   * Keeps {@code batch} with the reason; durable on return. Keeping the same batch again changes
   * nothing.
   *
   * @throws dev.sentinelj.ports.PortUnavailableException when it could not be kept
   */
  void keep(SignedBatch batch, Refusal reason);
}
