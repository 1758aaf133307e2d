package dev.sentinelj.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sentinelj.core.batch.LossReason;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.metric.Series;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.progress.SeqRanges;
import dev.sentinelj.ports.driven.BatchLog;
import dev.sentinelj.ports.driven.BatchLog.LogFullException;
import dev.sentinelj.ports.driven.BatchLog.SealedSegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What every {@link BatchLog} must do. */
public abstract class BatchLogContract {
  private static final long PLENTY = 64L << 20;
  private static final int SEGMENT = 64 << 10;

  /**
   * A new, empty log with segments of about {@code segmentBytes} that takes {@code maxBytes} of
   * disk.
   */
  protected abstract BatchLog create(int segmentBytes, long maxBytes);

  /** {@code log} after an orderly stop and start of its process. */
  protected abstract BatchLog restarted(BatchLog log);

  /** {@code log} after a crash of its process while the next seq was being written. */
  protected abstract BatchLog crashedInAppend(BatchLog log);

  /**
   * {@code log} after a start that found the record under {@code seq}, once durable, unreadable.
   */
  protected abstract BatchLog restartedWithDamage(BatchLog log, long seq);

  @Test
  void emptyLog_startsAtOne() {
    BatchLog log = create(SEGMENT, PLENTY);

    assertThat(log.nextSeq()).isEqualTo(1);
    assertThat(log.firstSeq()).isEqualTo(1);
    assertThat(log.durableThrough()).isZero();
    assertThat(log.sampleCount()).isZero();
    assertThat(log.torn()).isEmpty();
    assertThat(log.oldestSealed()).isEmpty();
    assertThat(log.read(1, 10, PLENTY)).isEmpty();
    assertThat(log.usage().batches()).isZero();
    assertThat(log.usage().maxBytes()).isEqualTo(PLENTY);
  }

  @Test
  void append_completed_canBeRead() {
    BatchLog log = create(SEGMENT, PLENTY);

    append(log, 3, 100);

    assertThat(log.nextSeq()).isEqualTo(4);
    assertThat(log.durableThrough()).isEqualTo(3);
    assertThat(log.sampleCount()).isEqualTo(3L * SignedBatches.SAMPLES);
    assertThat(log.usage().batches()).isEqualTo(3);
    assertThat(log.read(2, 10, PLENTY))
        .extracting(SignedBatch::contentHash)
        .containsExactly(hash(log, 2, 100), hash(log, 3, 100));
  }

  @Test
  void append_withoutWaiting_completesInOrder() {
    BatchLog log = create(SEGMENT, PLENTY);
    List<Long> completed = new ArrayList<>();
    List<CompletionStage<Void>> stages = new ArrayList<>();

    for (long seq = 1; seq <= 100; seq++) {
      long mine = seq;
      stages.add(
          log.append(SignedBatches.data(log.epoch(), seq, 50), List.of())
              .thenRun(() -> {
                synchronized (completed) {
                  completed.add(mine);
                }
              }));
    }
    stages.forEach(Stages::await);

    synchronized (completed) {
      assertThat(completed).hasSize(100);
    }
    assertThat(seqs(log.read(1, 1_000, PLENTY)))
        .containsExactlyElementsOf(LongStream.rangeClosed(1, 100).boxed().toList());
  }

  @Test
  void append_ofAnotherSeqOrEpoch_isRefused() {
    BatchLog log = create(SEGMENT, PLENTY);
    append(log, 1, 10);

    assertThatThrownBy(() -> log.append(SignedBatches.data(log.epoch(), 1, 10), List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> log.append(SignedBatches.data(log.epoch(), 3, 10), List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> log.append(SignedBatches.data(log.epoch() + 1, 2, 10), List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    append(log, 1, 10);
    assertThat(log.durableThrough()).isEqualTo(2);
  }

  @Test
  void read_isBoundedByCountAndBeyondTheFirstByBytes() {
    BatchLog log = create(SEGMENT, PLENTY);
    append(log, 5, 1_000);

    assertThat(seqs(log.read(1, 2, PLENTY))).containsExactly(1L, 2L);
    assertThat(seqs(log.read(2, 10, 2_500))).containsExactly(2L, 3L);
    assertThat(seqs(log.read(4, 10, 1))).containsExactly(4L);
    assertThat(log.read(6, 10, PLENTY)).isEmpty();
  }

  @Test
  void read_acrossSegments_keepsTheOrder() {
    BatchLog log = create(SEGMENT, PLENTY);

    append(log, 40, 10_000);

    assertThat(log.oldestSealed()).isPresent();
    assertThat(seqs(log.read(1, 100, PLENTY)))
        .containsExactlyElementsOf(LongStream.rangeClosed(1, 40).boxed().toList());
  }

  @Test
  void append_ofABatchLargerThanASegment_isKept() {
    BatchLog log = create(SEGMENT, PLENTY);
    append(log, 1, 10);

    append(log, 1, 3 * SEGMENT);
    append(log, 1, 10);

    assertThat(seqs(log.read(1, 10, PLENTY))).containsExactly(1L, 2L, 3L);
  }

  @Test
  void set_ofAHeldBatch_isFound() {
    BatchLog log = create(SEGMENT, PLENTY);
    SeriesSet set = SeriesSet.of(List.of(Series.gauge("cpu", "1", Map.of("core", "0"))));
    SeriesSet other = SeriesSet.of(List.of(Series.gauge("mem", "By", Map.of())));

    Stages.await(log.append(SignedBatches.data(log.epoch(), 1, 10), List.of(set)));

    assertThat(log.set(set.hash())).contains(set);
    assertThat(log.set(other.hash())).isEmpty();
  }

  @Test
  void set_usedAgainInALaterSegment_outlivesTheFirst() {
    BatchLog log = create(SEGMENT, PLENTY);
    SeriesSet set = SeriesSet.of(List.of(Series.gauge("cpu", "1", Map.of("core", "0"))));
    for (long seq = 1; seq <= 40; seq++) {
      Stages.await(log.append(SignedBatches.data(log.epoch(), seq, 10_000), List.of(set)));
    }

    log.delete(log.oldestSealed().orElseThrow());

    assertThat(log.set(set.hash())).contains(set);
  }

  @Test
  void set_ofDeletedBatchesAlone_isGone() {
    BatchLog log = create(SEGMENT, PLENTY);
    SeriesSet set = SeriesSet.of(List.of(Series.gauge("cpu", "1", Map.of("core", "0"))));
    Stages.await(log.append(SignedBatches.data(log.epoch(), 1, 10), List.of(set)));
    append(log, 40, 10_000);

    log.delete(log.oldestSealed().orElseThrow());

    assertThat(log.set(set.hash())).isEmpty();
  }

  @Test
  void oldestSealed_namesItsBatches() {
    BatchLog log = create(SEGMENT, PLENTY);
    append(log, 40, 10_000);

    SealedSegment oldest = log.oldestSealed().orElseThrow();

    assertThat(oldest.firstSeq()).isEqualTo(1);
    assertThat(oldest.lastSeq()).isBetween(2L, 20L);
    assertThat(oldest.contentHashes())
        .containsExactlyElementsOf(
            LongStream.rangeClosed(1, oldest.lastSeq())
                .mapToObj(seq -> hash(log, seq, 10_000))
                .toList());
  }

  @Test
  void delete_ofTheOldestSealed_takesItsBatchesAway() {
    BatchLog log = create(SEGMENT, PLENTY);
    append(log, 40, 10_000);
    SealedSegment oldest = log.oldestSealed().orElseThrow();
    long bytes = log.usage().bytes();

    log.delete(oldest);

    assertThat(log.firstSeq()).isEqualTo(oldest.lastSeq() + 1);
    assertThat(seqs(log.read(1, 1, PLENTY))).containsExactly(oldest.lastSeq() + 1);
    assertThat(log.usage().bytes()).isLessThan(bytes);
    assertThat(log.usage().batches()).isEqualTo(40 - oldest.lastSeq());
    assertThat(log.oldestSealed().orElseThrow().number()).isGreaterThan(oldest.number());
  }

  @Test
  void delete_ofAnotherSegment_isRefused() {
    BatchLog log = create(SEGMENT, PLENTY);
    append(log, 40, 10_000);
    SealedSegment oldest = log.oldestSealed().orElseThrow();
    log.delete(oldest);

    assertThatThrownBy(() -> log.delete(oldest)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void append_toAFullLog_failsUntilASegmentIsDeleted() {
    BatchLog log = create(SEGMENT, 4L * SEGMENT);
    long full = appendUntilFull(log);
    assertThat(log.nextSeq()).isEqualTo(full);
    assertThat(log.durableThrough()).isEqualTo(full - 1);

    log.delete(log.oldestSealed().orElseThrow());

    append(log, 1, 10_000);
    assertThat(log.durableThrough()).isEqualTo(full);
    assertThat(seqs(log.read(full, 10, PLENTY))).containsExactly(full);
  }

  @Test
  void append_ofALossRecord_findsRoomInAFullLogAndLeavesItFull() {
    BatchLog log = create(SEGMENT, 4L * SEGMENT);
    appendUntilFull(log);
    long dropped = 0;

    while (log.usage().bytes() <= 4L * SEGMENT) {
      List<LossRecord.Entry> losses = new ArrayList<>();
      for (int i = 0; i < 100; i++, dropped++) {
        losses.add(new LossRecord.Entry(2 * dropped + 1, 2 * dropped + 1, 1, LossReason.DROPPED));
      }
      name(log, losses.toArray(LossRecord.Entry[]::new));
    }

    assertThat(log.read(log.durableThrough(), 1, 1)).hasSize(1);
    assertThatThrownBy(() -> append(log, 1, 10)).isInstanceOf(LogFullException.class);
    name(log, new LossRecord.Entry(1, 1, 1, LossReason.REFUSED));
    assertThat(log.refused(1)).isTrue();
  }

  @Test
  void oldestSealed_ofShortBatches_endsAtMaxSeqs() {
    BatchLog log = create(32 << 20, PLENTY);
    List<CompletionStage<Void>> stages = new ArrayList<>();
    for (long seq = 1; seq <= SealedSegment.MAX_SEQS + 1; seq++) {
      stages.add(log.append(SignedBatches.data(log.epoch(), seq, 1), List.of()));
    }
    stages.forEach(Stages::await);

    SealedSegment oldest = log.oldestSealed().orElseThrow();

    assertThat(oldest.lastSeq()).isEqualTo(SealedSegment.MAX_SEQS);
    assertThat(oldest.contentHashes()).hasSize(SealedSegment.MAX_SEQS);
  }

  @Test
  void read_fromADamagedSeq_findsTheNextOne() {
    BatchLog log = create(SEGMENT, PLENTY);
    append(log, 4, 500);

    BatchLog next = restartedWithDamage(restartedWithDamage(log, 2), 3);

    assertThat(seqs(next.read(2, 1, 1))).containsExactly(4L);
    assertThat(next.read(5, 1, 1)).isEmpty();
  }

  @Test
  void restart_keepsEverything() {
    BatchLog log = create(SEGMENT, PLENTY);
    long epoch = log.epoch();
    append(log, 40, 10_000);
    log.delete(log.oldestSealed().orElseThrow());
    List<Long> held = seqs(log.read(1, 100, PLENTY));

    BatchLog next = restarted(log);

    assertThat(next.epoch()).isEqualTo(epoch);
    assertThat(next.nextSeq()).isEqualTo(41);
    assertThat(next.durableThrough()).isEqualTo(40);
    assertThat(next.sampleCount()).isEqualTo(40L * SignedBatches.SAMPLES);
    assertThat(next.torn()).isEmpty();
    assertThat(seqs(next.read(1, 100, PLENTY))).isEqualTo(held);
    append(next, 1, 10);
    assertThat(seqs(next.read(41, 10, PLENTY))).containsExactly(41L);
  }

  @Test
  void restart_afterAllBatchesWereDeleted_keepsCounting() {
    BatchLog log = create(SEGMENT, PLENTY);
    append(log, 7, 10_000);
    append(log, 1, 3 * SEGMENT);
    while (log.oldestSealed().isPresent()) {
      log.delete(log.oldestSealed().orElseThrow());
    }

    BatchLog next = restarted(log);

    while (next.oldestSealed().isPresent()) {
      next.delete(next.oldestSealed().orElseThrow());
    }

    assertThat(next.nextSeq()).isEqualTo(9);
    assertThat(next.firstSeq()).isEqualTo(9);
    assertThat(next.sampleCount()).isEqualTo(8L * SignedBatches.SAMPLES);
    assertThat(next.usage().batches()).isZero();
  }

  @Test
  void torn_isASeqThatIsNeverUsedAgain_untilALossRecordNamesIt() {
    BatchLog log = create(SEGMENT, PLENTY);
    append(log, 1, 500);

    BatchLog next = restarted(crashedInAppend(log));

    assertThat(next.torn()).containsExactly(2L);
    assertThat(next.damaged()).isEmpty();
    assertThat(next.nextSeq()).isEqualTo(3);
    assertThat(next.sampleCount()).isEqualTo(SignedBatches.SAMPLES);
    assertThat(seqs(next.read(1, 10, PLENTY))).containsExactly(1L);
    name(next, new LossRecord.Entry(2, 2, 0, LossReason.TORN));
    assertThat(next.torn()).isEmpty();
    BatchLog last = restarted(next);
    assertThat(last.torn()).isEmpty();
    assertThat(seqs(last.read(1, 10, PLENTY))).containsExactly(1L, 3L);
  }

  @Test
  void everTorn_outlivesTheLossRecordThatNamesIt() {
    BatchLog log = create(SEGMENT, PLENTY);
    append(log, 1, 500);
    assertThat(log.everTorn()).isEmpty();

    BatchLog next = restarted(crashedInAppend(log));
    assertThat(next.everTorn()).containsExactly(new SeqRanges.Range(2, 2));
    name(next, new LossRecord.Entry(2, 2, 0, LossReason.TORN));
    append(next, 1, 3 * SEGMENT);
    append(next, 1, 500);
    while (next.oldestSealed().isPresent()) {
      next.delete(next.oldestSealed().orElseThrow());
    }

    assertThat(next.everTorn()).containsExactly(new SeqRanges.Range(2, 2));
    BatchLog last = restarted(restarted(next));
    assertThat(last.torn()).isEmpty();
    assertThat(last.everTorn()).containsExactly(new SeqRanges.Range(2, 2));
  }

  @Test
  void damaged_tellsSeqsAndSamples_untilALossRecordNamesThem() {
    BatchLog log = create(SEGMENT, PLENTY);
    append(log, 9, 500);

    BatchLog next = restartedWithDamage(restartedWithDamage(log, 6), 3);

    assertThat(next.damaged()).containsExactly(corrupt(3), corrupt(6));
    assertThat(next.torn()).isEmpty();
    assertThat(next.nextSeq()).isEqualTo(10);
    assertThat(next.sampleCount()).isEqualTo(9L * SignedBatches.SAMPLES);
    assertThat(seqs(next.read(1, 10, PLENTY))).containsExactly(1L, 2L, 4L, 5L, 7L, 8L, 9L);
    name(next, corrupt(3));
    assertThat(next.damaged()).containsExactly(corrupt(6));
    assertThat(restarted(next).damaged()).containsExactly(corrupt(6));
  }

  @Test
  void refused_isWhatALossRecordNamesForThatReasonAlone() {
    BatchLog log = create(SEGMENT, PLENTY);
    append(log, 4, 10);
    assertThat(log.refused(2)).isFalse();

    name(
        log,
        new LossRecord.Entry(1, 1, SignedBatches.SAMPLES, LossReason.DROPPED),
        new LossRecord.Entry(2, 3, 2L * SignedBatches.SAMPLES, LossReason.REFUSED));

    assertThat(refused(log)).containsExactly(2L, 3L);
    assertThat(refused(restarted(log))).containsExactly(2L, 3L);
  }

  private static List<Long> refused(BatchLog log) {
    return LongStream.range(1, log.nextSeq()).filter(log::refused).boxed().toList();
  }

  private static LossRecord.Entry corrupt(long seq) {
    return new LossRecord.Entry(seq, seq, SignedBatches.SAMPLES, LossReason.CORRUPT);
  }

  /** Appends a loss record of these. */
  private static void name(BatchLog log, LossRecord.Entry... losses) {
    SignedBatch record =
        SignedBatches.losses(log.epoch(), log.nextSeq(), log.sampleCount(), List.of(losses));
    Stages.await(log.append(record, List.of()));
  }

  /** Appends {@code count} batches at the end, one after the other. */
  protected static void append(BatchLog log, int count, int bodyBytes) {
    for (int i = 0; i < count; i++) {
      Stages.await(
          log.append(SignedBatches.data(log.epoch(), log.nextSeq(), bodyBytes), List.of()));
    }
  }

  /** The seqs of {@code batches}. */
  protected static List<Long> seqs(List<SignedBatch> batches) {
    return batches.stream().map(batch -> batch.id().seq()).toList();
  }

  private static long appendUntilFull(BatchLog log) {
    for (int i = 0; i < 1_000; i++) {
      long seq = log.nextSeq();
      try {
        append(log, 1, 10_000);
      } catch (LogFullException e) {
        return seq;
      }
    }
    throw new AssertionError("a log of 256 KiB took 10 MB");
  }

  private static Sha256 hash(BatchLog log, long seq, int bodyBytes) {
    return SignedBatches.data(log.epoch(), seq, bodyBytes).contentHash();
  }
}
