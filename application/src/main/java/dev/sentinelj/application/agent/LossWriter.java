package dev.sentinelj.application.agent;

import dev.sentinelj.core.batch.LossRecord;

/** Says in the log that samples will never be stored. */
@FunctionalInterface
public interface LossWriter {

  /** Writes a signed loss record, soon. Losses that wait together share a record. */
  void lost(LossRecord.Entry loss);
}
