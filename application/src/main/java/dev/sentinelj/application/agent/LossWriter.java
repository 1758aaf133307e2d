package dev.sentinelj.application.agent;

import dev.sentinelj.core.batch.LossReason;

/** Says in the log that samples will never be stored. */
@FunctionalInterface
public interface LossWriter {

  /**
   * Writes a signed loss record for {@code seq}, soon. Losses that wait together share a record.
   */
  void lost(long seq, long samples, LossReason reason);
}
