package dev.sentinelj.application.simulation;

import dev.sentinelj.adapters.memory.InMemoryBatchLog;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.ports.driven.BatchLog;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** A log that tells the book what it promised and what it is about to delete. */
final class WatchedLog implements BatchLog {
  private final InMemoryBatchLog log;
  private final Book book;

  WatchedLog(InMemoryBatchLog log, Book book) {
    this.log = log;
    this.book = book;
  }

  @Override
  public long epoch() {
    return log.epoch();
  }

  @Override
  public long nextSeq() {
    return log.nextSeq();
  }

  @Override
  public long sampleCount() {
    return log.sampleCount();
  }

  @Override
  public List<Long> torn() {
    return log.torn();
  }

  @Override
  public List<LossRecord.Entry> damaged() {
    return log.damaged();
  }

  @Override
  public CompletionStage<Void> append(SignedBatch batch, List<SeriesSet> sets) {
    return log.append(batch, sets).thenRun(() -> book.appended(batch));
  }

  @Override
  public long durableThrough() {
    return log.durableThrough();
  }

  @Override
  public long firstSeq() {
    return log.firstSeq();
  }

  @Override
  public List<SignedBatch> read(long from, int maxCount, long maxBytes) {
    return log.read(from, maxCount, maxBytes);
  }

  @Override
  public Optional<SeriesSet> set(Sha256 hash) {
    return log.set(hash);
  }

  @Override
  public Optional<SealedSegment> oldestSealed() {
    return log.oldestSealed();
  }

  @Override
  public void delete(SealedSegment segment) {
    List<SignedBatch> batches =
        log.read(segment.firstSeq(), segment.contentHashes().size(), Long.MAX_VALUE);
    book.deleting(batches, segment);
    log.delete(segment);
  }

  @Override
  public Usage usage() {
    return log.usage();
  }
}
