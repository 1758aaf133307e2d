package dev.sentinelj.application.simulation;

import dev.sentinelj.adapters.memory.InMemoryBatchLog;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.progress.SeqRanges;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.BatchLog;
import dev.sentinelj.testkit.sim.SimulatedProcess;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;

/** A log on a disk that fails, which tells the book what it promised and is about to delete. */
final class WatchedLog implements BatchLog {
  private final Plant plant;
  private final SimulatedProcess process;
  private final InMemoryBatchLog log;
  private final RandomGenerator random;

  WatchedLog(Plant plant, SimulatedProcess process, InMemoryBatchLog log) {
    this.plant = plant;
    this.process = process;
    this.log = log;
    this.random = plant.world().newRandom();
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
  public List<SeqRanges.Range> everTorn() {
    return log.everTorn();
  }

  @Override
  public List<LossRecord.Entry> damaged() {
    return log.damaged();
  }

  @Override
  public boolean refused(long seq) {
    return log.refused(seq);
  }

  /** It is on the disk a while later, if the process lives. */
  @Override
  public CompletionStage<Void> append(SignedBatch batch, List<SeriesSet> sets) {
    process.step();
    if (plant.fails(Option.DISK_REFUSALS, random)) {
      if (plant.sabotage() == Sabotage.FAILED_APPEND_SUCCEEDS) {
        return CompletableFuture.completedStage(null);
      }
      return CompletableFuture.failedStage(
          random.nextBoolean()
              ? new LogFullException("no space left on the disk")
              : new PortUnavailableException("writing to the disk"));
    }
    plant.watch(() -> plant.book().appending(batch, sets));
    CompletionStage<Void> durable =
        log.append(batch, sets).thenRun(() -> plant.watch(() -> plant.book().appended(batch)));
    process.schedule(random.nextLong(plant.option(Option.SYNC_MILLIS) + 1L), log::sync);
    process.step();
    return durable;
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
    process.step();
    List<SignedBatch> batches =
        log.read(segment.firstSeq(), segment.contentHashes().size(), Long.MAX_VALUE);
    plant.watch(() -> plant.book().deleting(batches));
    log.delete(segment);
    process.step();
  }

  @Override
  public Usage usage() {
    return log.usage();
  }
}
