package dev.sentinelj.application.agent;

import dev.sentinelj.core.batch.BatchHeader;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.BatchKind;
import dev.sentinelj.core.batch.CopiedBatch;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.batch.MovedRecord;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.signing.AgentKey;
import dev.sentinelj.core.signing.SigningPolicy;
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

  static Draft of(LossRecord record, long offsetMillis, LongConsumer written) {
    return new Draft(BatchKind.LOSS, record.toBytes(), 0, 0, 0, offsetMillis, List.of(), written);
  }

  /**
   * @param body what {@code batch} holds
   */
  static Draft of(OpenBatch.Closed batch, byte[] body) {
    return new Draft(
        BatchKind.DATA,
        body,
        batch.samples(),
        batch.leastMillis(),
        batch.greatestMillis(),
        batch.offsetMillis(),
        batch.sets(),
        _ -> {});
  }

  /** The same, with somebody else told. */
  Draft whenWritten(LongConsumer other) {
    return new Draft(kind, body, samples, leastMillis, greatestMillis, offsetMillis, sets, other);
  }

  /**
   * @param sampleFrom where the running count stands at its place in the log
   */
  SignedBatch signed(BatchId id, long sampleFrom, AgentKey key) {
    BatchHeader header =
        new BatchHeader(
            kind,
            id,
            sampleFrom,
            sampleFrom + samples,
            leastMillis,
            greatestMillis,
            offsetMillis,
            Sha256.of(body));
    return SigningPolicy.signContent(key, header, body);
  }
}
