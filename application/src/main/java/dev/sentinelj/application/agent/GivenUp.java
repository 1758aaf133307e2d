package dev.sentinelj.application.agent;

import dev.sentinelj.core.batch.BatchKind;
import dev.sentinelj.core.batch.LossReason;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.ingest.Refusal;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.BatchLog;
import dev.sentinelj.ports.driven.RefusedBatches;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The batches that no gateway will ever take: they have a loss record instead of a row. */
final class GivenUp {
  private final BatchLog log;
  private final RefusedBatches refused;
  private final LossWriter losses;
  private final ShippedCounts counts;

  /** Those whose loss record may not be in the log yet. */
  private final Set<Long> seqs = new HashSet<>();

  GivenUp(BatchLog log, RefusedBatches refused, LossWriter losses, ShippedCounts counts) {
    this.log = log;
    this.refused = refused;
    this.losses = losses;
    this.counts = counts;
  }

  /**
   * Bytes first, loss record second: a crash in between sends the batch once more and ends here
   * again. What says of others where they are is never given up: its own loss would need another.
   *
   * @return false when it must be tried again after all
   */
  boolean add(SignedBatch batch, Refusal reason) {
    if (batch.header().kind() == BatchKind.LOSS || batch.header().kind() == BatchKind.MOVED) {
      return false;
    }
    try {
      refused.keep(batch, reason);
    } catch (PortUnavailableException _) {
      return false;
    }
    long seq = batch.id().seq();
    losses.lost(new LossRecord.Entry(seq, seq, batch.header().samples(), LossReason.REFUSED));
    seqs.add(seq);
    counts.refused++;
    return true;
  }

  boolean has(long seq) {
    return seqs.contains(seq) || log.refused(seq);
  }

  /** Content hashes of what the log holds from {@code from} to {@code to} and should have a row. */
  List<Sha256> hashesWithRows(long from, long to) {
    return LogScan.all(log, from, to).stream()
        .filter(batch -> !has(batch.id().seq()))
        .map(SignedBatch::contentHash)
        .toList();
  }

  /** Nothing up to {@code seq} is in the log any more. */
  void forgetThrough(long seq) {
    seqs.removeIf(one -> one <= seq);
  }
}
