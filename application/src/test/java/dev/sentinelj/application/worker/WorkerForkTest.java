package dev.sentinelj.application.worker;

import static dev.sentinelj.application.worker.WorkerForTests.SET;
import static dev.sentinelj.application.worker.WorkerForTests.withSet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.batch.BatchHeader;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.BatchKind;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.batch.LossReason;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.batch.MovedRecord;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.progress.Balance;
import dev.sentinelj.core.progress.EpochProgress;
import dev.sentinelj.core.signing.SigningPolicy;
import dev.sentinelj.testkit.Stages;
import dev.sentinelj.testkit.TestBatches;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of an epoch that two logs shared. */
class WorkerForkTest {
  private final WorkerForTests worker = new WorkerForTests();
  private final EpochId second = new EpochId(worker.agent(), 8);
  private final EpochId third = new EpochId(worker.agent(), 9);

  @Test
  void poll_aCopy_isStoredOnceWhicheverLogCarriedItOver() {
    SignedBatch original = worker.batch(1);
    close();
    publish(copy(second, 1, 0, original), copy(third, 1, 0, original));
    publish(copy(third, 1, 0, original));

    assertThat(worker.stored()).isEqualTo(4);
    assertThat(balance(second)).isEqualTo(new Balance(4, 4, 0, 0, 0));
    assertThat(balance(third)).isEqualTo(new Balance(4, 0, 0, 0, 0, 4));
    assertThat(progress(third).through()).isEqualTo(1);
    assertThat(worker.database.journal(0, Lane.FRESH)).hasSize(1);
    assertThat(worker.quarantined()).isEmpty();
  }

  @Test
  void poll_whatComesLateForAClosedEpoch_isStoredOnce() {
    publish(worker.batch(1));
    SignedBatch late = worker.batch(2);
    close();

    publish(late);
    publish(late);
    publish(copy(second, 1, 0, late));

    assertThat(worker.stored()).isEqualTo(8);
    assertThat(worker.balance()).isEqualTo(new Balance(8, 8, 0, 0, 0));
    assertThat(balance(second)).isEqualTo(new Balance(4, 0, 0, 0, 0, 4));
    assertThat(worker.quarantined()).isEmpty();
  }

  /** As after a restore: the last word of the log is read again before what it speaks of. */
  @Test
  void poll_rowsBehindTheLastWord_closeTheBalance() {
    SignedBatch late = worker.batch(1);
    publish(moved(second, 1, 0, new MovedRecord(worker.epoch.epoch(), 1, 4, List.of(), List.of())));
    assertThat(worker.balance()).isEqualTo(new Balance(4, 0, 0, 4, 0));

    publish(late);

    assertThat(worker.balance()).isEqualTo(new Balance(4, 4, 0, 0, 0));
    assertThat(worker.progress().closed()).isTrue();
  }

  @Test
  void poll_whatCanOnlyBeKeptAside_countsOnceInAClosedEpochToo() {
    SignedBatch late = unreadable(BatchKind.DATA, new BatchId(worker.epoch, 1));
    publish(moved(second, 1, 0, new MovedRecord(worker.epoch.epoch(), 1, 5, List.of(), List.of())));

    publish(late);
    publish(copy(second, 2, 0, late));

    assertThat(worker.quarantined()).containsExactly("malformed");
    assertThat(worker.balance()).isEqualTo(new Balance(5, 0, 5, 0, 0));
    assertThat(balance(second)).isEqualTo(new Balance(5, 0, 0, 0, 0, 5));
  }

  /** Two logs of one epoch: both have 1, each has a 2 of its own, and the second also a 3. */
  @Test
  void poll_movedRecordsOfBothLogs_closeTheBalance() {
    publish(worker.batch(1));
    publish(worker.batch(2));
    SignedBatch other = worker.batch(2);
    publish(other);
    assertThat(worker.progress().forked()).isTrue();
    close();

    publish(moved(second, 1, 0, new MovedRecord(worker.epoch.epoch(), 2, 8, List.of(), List.of())));
    publish(
        copy(third, 1, 0, other),
        copy(third, 2, 4, worker.batch(3)),
        moved(
            third,
            3,
            8,
            new MovedRecord(
                worker.epoch.epoch(), 3, 12, List.of(new MovedRecord.Entry(2, 3, 8)), List.of())));

    assertThat(worker.stored()).isEqualTo(16);
    assertThat(worker.balance()).isEqualTo(new Balance(16, 8, 0, 0, 0, 8));
    assertThat(worker.progress().through()).isEqualTo(3);
    assertThat(worker.progress().closed()).isTrue();
    assertThat(balance(third)).isEqualTo(new Balance(8, 8, 0, 0, 0));
    assertThat(balance(second)).isEqualTo(Balance.ZERO);
  }

  /** An epoch that holds a content which came in elsewhere is given up itself. */
  @Test
  void poll_aMovedRecordOfAnEpochWithCopies_leavesTheseAccountedFor() {
    SignedBatch original = worker.batch(1);
    publish(original);
    close();
    publish(copy(second, 1, 0, original), copy(second, 2, 4, worker.batch(2)));
    Stages.await(worker.feed.close(second));
    MovedRecord.Entry third3 = new MovedRecord.Entry(3, 3, 4);

    publish(
        copy(third, 1, 0, worker.batch(3)),
        moved(third, 2, 4, new MovedRecord(second.epoch(), 3, 12, List.of(third3), List.of())));

    assertThat(balance(second)).isEqualTo(new Balance(12, 4, 0, 0, 0, 8));
  }

  @Test
  void poll_aMovedRecord_namesWhatItsLogLost_andTheStoreWhatNobodyHas() {
    publish(worker.batch(1));
    close();

    LossRecord.Entry lost = new LossRecord.Entry(2, 2, 4, LossReason.CORRUPT);
    publish(
        moved(
            second, 1, 0, new MovedRecord(worker.epoch.epoch(), 3, 12, List.of(), List.of(lost))));

    assertThat(worker.balance()).isEqualTo(new Balance(12, 4, 0, 8, 0));
    assertThat(worker.progress().through()).isEqualTo(3);
  }

  @Test
  void poll_aCopiedLossRecord_countsInItsOwnEpoch() {
    publish(worker.batch(1));
    SignedBatch loss =
        TestBatches.loss(
            worker.key,
            new BatchId(worker.epoch, 3),
            8,
            new LossRecord.Entry(2, 2, 4, LossReason.CORRUPT));
    close();

    publish(
        copy(second, 1, 0, loss),
        moved(
            second,
            2,
            0,
            new MovedRecord(
                worker.epoch.epoch(), 3, 8, List.of(new MovedRecord.Entry(3, 3, 0)), List.of())));

    assertThat(worker.balance()).isEqualTo(new Balance(8, 4, 0, 4, 0));
    assertThat(worker.progress().through()).isEqualTo(3);
    assertThat(balance(second)).isEqualTo(Balance.ZERO);
  }

  /** The new epoch was given up before its moved record was committed. */
  @Test
  void poll_aCopiedMovedRecord_isTheWordOfTheEpochItWasMadeFor() {
    close();
    SignedBatch moved =
        moved(
            second,
            1,
            0,
            new MovedRecord(
                worker.epoch.epoch(), 1, 4, List.of(new MovedRecord.Entry(1, 1, 4)), List.of()));
    publish(copy(third, 1, 0, moved));
    publish(moved);

    assertThat(worker.balance()).isEqualTo(new Balance(4, 0, 0, 0, 0, 4));
    assertThat(worker.progress().closed()).isTrue();
    assertThat(progress(second).through()).isZero();
  }

  /** The database was restored to a state before the epoch was closed; the bus has both. */
  @Test
  void poll_originAndCopyOfAnOpenEpoch_areOneContent() {
    SignedBatch first = worker.batch(1);
    SignedBatch late = worker.batch(2);
    publish(copy(second, 1, 0, first), first, late, copy(second, 2, 4, late));

    assertThat(worker.stored()).isEqualTo(8);
    assertThat(balance(second)).isEqualTo(new Balance(8, 4, 0, 0, 0, 4));
  }

  @Test
  void poll_aCopyWhoseSetIsUnknown_waitsForIt() {
    close();
    worker.publish(withSet(copy(second, 1, 0, worker.batch(1))));
    worker.run(100);
    assertThat(worker.stored()).isZero();

    publish(copy(second, 2, 4, worker.batch(2)));

    assertThat(worker.stored()).isEqualTo(8);
    assertThat(progress(second).through()).isEqualTo(2);
  }

  @Test
  void poll_whatIsNoCopyOrMovedRecord_isKeptAsideWithItsSamples() {
    MovedRecord ofItself = new MovedRecord(second.epoch(), 1, 4, List.of(), List.of());
    publish(unreadable(BatchKind.COPY, new BatchId(second, 1)), moved(second, 2, 5, ofItself));

    assertThat(worker.quarantined()).containsExactly("malformed", "malformed");
    assertThat(balance(second)).isEqualTo(new Balance(5, 0, 5, 0, 0));
    assertThat(progress(second).through()).isEqualTo(2);
    assertThat(progress(second).closed()).isFalse();
  }

  private SignedBatch unreadable(BatchKind kind, BatchId id) {
    byte[] body = {1, 2, 3};
    BatchHeader header = new BatchHeader(kind, id, 0, 5, 0, 0, 0, Sha256.of(body));
    return SigningPolicy.signContent(worker.key, header, body);
  }

  private void close() {
    Stages.await(worker.feed.close(worker.epoch));
  }

  private void publish(SignedBatch... batches) {
    for (SignedBatch batch : batches) {
      worker.publish(withSet(batch, SET));
    }
    worker.run(100);
  }

  private SignedBatch copy(EpochId into, long seq, long sampleFrom, SignedBatch original) {
    return TestBatches.copy(worker.key, new BatchId(into, seq), sampleFrom, original);
  }

  private SignedBatch moved(EpochId into, long seq, long sampleCount, MovedRecord record) {
    return TestBatches.moved(worker.key, new BatchId(into, seq), sampleCount, record);
  }

  private EpochProgress progress(EpochId epoch) {
    return Stages.await(worker.feed.of(epoch)).committed().progress();
  }

  private Balance balance(EpochId epoch) {
    return progress(epoch).balance();
  }
}
