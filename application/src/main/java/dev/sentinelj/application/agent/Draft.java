package dev.sentinelj.application.agent;

import dev.sentinelj.core.batch.BatchHeader;
import dev.sentinelj.core.batch.BatchKind;
import dev.sentinelj.core.batch.CopiedBatch;
import dev.sentinelj.core.batch.MovedRecord;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.metric.SeriesSet;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * A record that is to go into the log: all of it but its place there and its signature.
 *
 * @param written told the epoch of the log once the record is durable in it
 */
record Draft(
    BatchKind kind,
    byte[] body,
    long samples,
    long leastMillis,
    long greatestMillis,
    long offsetMillis,
    List<SeriesSet> sets,
    LongConsumer written) {

  /** What {@code original} holds, with the definitions it refers to. */
  static Draft copyOf(SignedBatch original, List<SeriesSet> sets, LongConsumer written) {
    BatchHeader header = original.header();
    return new Draft(
        BatchKind.COPY,
        new CopiedBatch(original).toBytes(),
        header.samples(),
        header.leastTimeMillis(),
        header.greatestTimeMillis(),
        header.clockOffsetMillis(),
        sets,
        written);
  }

  static Draft of(MovedRecord record, long offsetMillis, LongConsumer written) {
    return new Draft(BatchKind.MOVED, record.toBytes(), 0, 0, 0, offsetMillis, List.of(), written);
  }
}
