package dev.sentinelj.application.worker;

import static dev.sentinelj.application.worker.WorkerForTests.SET;
import static dev.sentinelj.application.worker.WorkerForTests.withSet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.batch.BatchHeader;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.BatchKind;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.LossReason;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.batch.MovedRecord;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.block.Block;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.frame.FrameEntry;
import dev.sentinelj.core.progress.Balance;
import dev.sentinelj.core.signing.SigningPolicy;
import dev.sentinelj.ports.driven.BatchCodec;
import dev.sentinelj.testkit.TestBatches;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What an agent with a good key signs to harm others: its numbers hold up nobody but itself. */
class WorkerHostileTest {
  private static final long HUGE = 1_000_000_000_000_000_000L;
  private static final long MOST = BatchHeader.MAX_COUNT;

  private final WorkerForTests worker = new WorkerForTests();
  private final EpochId second = new EpochId(worker.agent(), 8);

  @Test
  void poll_aMovedRecordOfHugeNumbers_holdsNobodyUp() {
    publishMoved(second, HUGE + 2, (1L << 60) - 1);
    worker.publish(withSet(batch(worker.epoch, HUGE + 1), SET));
    worker.publish(withSet(batch(new EpochId(worker.agent(), 99), 1), SET));
    worker.run(60_000);

    assertThat(worker.stored()).isEqualTo(4);
    assertThat(worker.quarantined()).containsExactly("malformed", "malformed");
    assertThat(worker.progress().above()).isEmpty();
    assertThat(worker.database.ledger()).hasSize(2); // the record and what is good
  }

  @Test
  void poll_aRowBehindTheGreatestLastWord_isStored() {
    for (long word = 8; word < 20; word++) {
      publishMoved(new EpochId(worker.agent(), word), MOST, MOST - word);
    }
    worker.publish(withSet(batch(worker.epoch, MOST - 1), SET));
    worker.publish(withSet(batch(new EpochId(worker.agent(), 99), 1)));
    worker.run(60_000);

    assertThat(worker.stored()).isEqualTo(8);
    assertThat(worker.quarantined()).isEmpty();
  }

  @Test
  void poll_lossesOfMoreSamplesThanAnybodyCounts_areMalformed() {
    LossRecord.Entry most = new LossRecord.Entry(1, 1, MOST, LossReason.DROPPED);
    LossRecord.Entry more = new LossRecord.Entry(2, 2, 1, LossReason.DROPPED);
    LossRecord.Entry far = new LossRecord.Entry(1, MOST + 1, 1, LossReason.DROPPED);
    worker.publish(withSet(TestBatches.loss(worker.key, new BatchId(worker.epoch, 3), 0, most)));
    worker.publish(
        withSet(TestBatches.loss(worker.key, new BatchId(worker.epoch, 4), 0, most, more)));
    worker.publish(withSet(TestBatches.loss(worker.key, new BatchId(worker.epoch, 5), 0, far)));
    worker.run(1_000);

    assertThat(worker.quarantined()).containsExactly("malformed", "malformed");
    assertThat(worker.balance().lost()).isEqualTo(MOST);
  }

  @Test
  void poll_countsThatAddUpBeyondALong_stopAtItsEnd() {
    for (long seq = 1; seq <= 1_100; seq++) {
      worker.publish(withSet(noise(seq, MOST)));
    }
    worker.run(60_000);

    assertThat(worker.progress().through()).isEqualTo(1_100);
    assertThat(worker.balance()).isEqualTo(new Balance(MOST, 0, Long.MAX_VALUE, 0, 0));
    assertThat(worker.balance().unaccounted()).isNegative();
  }

  /** Every other seq opens a range, which each transaction would read and write from then on. */
  @Test
  void poll_moreGapsThanAnEpochMayHave_areNotEnteredUntilSomeAreFilled() {
    for (long seq = 1; seq < 2L * Ledgered.MAX_RANGES; seq += 200) {
      long from = seq;
      worker.publish(
          LongStream.range(0, 100)
              .mapToObj(range -> empty(2 * range + from))
              .map(batch -> withSet(batch))
              .toArray(FrameEntry[]::new));
    }
    worker.run(10_000);
    long next = 2L * Ledgered.MAX_RANGES + 1;
    worker.publish(withSet(empty(next)));
    worker.publish(
        withSet(
            TestBatches.loss(worker.key, new BatchId(worker.epoch, 2), 0, lost(next, next + 2))));
    worker.run(100);
    assertThat(worker.counters.total("batches_dropped")).isEqualTo(2);
    assertThat(worker.database.ledger()).hasSize(Ledgered.MAX_RANGES);
    assertThat(worker.progress().through()).isEqualTo(1);

    worker.publish(withSet(empty(2)));
    worker.publish(withSet(empty(next)));
    worker.run(100);

    assertThat(worker.database.ledger()).hasSize(Ledgered.MAX_RANGES + 2);
    assertThat(worker.progress().through()).isEqualTo(3);
  }

  private static LossRecord.Entry[] lost(long... seqs) {
    return LongStream.of(seqs)
        .mapToObj(seq -> new LossRecord.Entry(seq, seq, 1, LossReason.DROPPED))
        .toArray(LossRecord.Entry[]::new);
  }

  private SignedBatch empty(long seq) {
    return TestBatches.data(
        worker.codec, worker.key, new BatchId(worker.epoch, seq), 0, 0, List.of());
  }

  /** Whatever settling runs into, the batch that leads there is out of the way in the end. */
  @Test
  void poll_whatCannotBeSettled_isEnteredWithoutSettling() {
    publishMoved(second, 2, 8);
    worker.run(100);
    brokenAt(List.of("settlement"));
    worker.publish(withSet(worker.batch(1), SET));
    worker.publish(withSet(batch(second, 2), SET));
    worker.run(120_000);

    assertThat(worker.quarantined()).containsExactly("poison");
    assertThat(worker.balance().quarantined()).isEqualTo(4);
    assertThat(worker.stored()).isEqualTo(4);
    assertThat(worker.counters.total("batches_unsettled")).isEqualTo(1);

    worker.strand = worker.strand("worker-3", worker.store(), WorkerLimits.DEFAULT);
    worker.run(7_000);
    worker.publish(withSet(worker.batch(2), SET));
    worker.run(1_000);

    assertThat(worker.balance()).isEqualTo(new Balance(8, 4, 4, 0, 0));
  }

  @Test
  void poll_whatCannotEvenBeEntered_isKeptAsideWithoutALedgerRow() {
    brokenAt(List.of("claim"));
    worker.publish(withSet(worker.batch(1), SET));
    worker.run(240_000);
    assertThat(worker.quarantined()).containsExactly("poison");
    assertThat(worker.database.ledger()).isEmpty();

    worker.strand = worker.strand("worker-3", worker.store(), WorkerLimits.DEFAULT);
    worker.publish(withSet(worker.batch(2), SET));
    worker.run(10_000);
    assertThat(worker.stored()).isEqualTo(4);
    assertThat(worker.progress().through()).isZero();
  }

  private void brokenAt(List<String> calls) {
    worker.strand.close();
    worker.strand =
        worker.strand("worker-2", BrokenStore.of(worker.store(), calls), WorkerLimits.DEFAULT);
  }

  private void publishMoved(EpochId into, long lastSeq, long samples) {
    MovedRecord record =
        new MovedRecord(worker.epoch.epoch(), lastSeq, samples, List.of(), List.of());
    worker.publish(withSet(TestBatches.moved(worker.key, new BatchId(into, 1), 0, record)));
  }

  private SignedBatch batch(EpochId epoch, long seq) {
    BatchCodec codec = worker.codec;
    Block block = new Block(SET.hash(), TestBatches.columns(2, 2, worker.now.wallMillis(), 1));
    return TestBatches.data(
        codec, worker.key, new BatchId(epoch, seq), 0, worker.now.wallMillis(), List.of(block));
  }

  /** A batch that claims so many samples and cannot be read. */
  private SignedBatch noise(long seq, long samples) {
    byte[] body = {1, 2, 3};
    BatchHeader header =
        new BatchHeader(
            BatchKind.DATA, new BatchId(worker.epoch, seq), 0, samples, 0, 0, 0, Sha256.of(body));
    return SigningPolicy.signContent(worker.key, header, body);
  }
}
