package dev.sentinelj.application.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sentinelj.adapters.memory.FaultPlan;
import dev.sentinelj.adapters.memory.InMemoryQuarantineQueries;
import dev.sentinelj.core.access.Principal;
import dev.sentinelj.core.access.Role;
import dev.sentinelj.core.batch.BatchHeader;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.batch.LossReason;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.batch.MovedRecord;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.block.Block;
import dev.sentinelj.core.block.Columns;
import dev.sentinelj.core.progress.Balance;
import dev.sentinelj.core.progress.EpochProgress;
import dev.sentinelj.core.progress.SeqRanges;
import dev.sentinelj.core.wire.MalformedException;
import dev.sentinelj.core.wire.WireWriter;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.BatchCodec;
import dev.sentinelj.ports.driven.PartitionStore;
import dev.sentinelj.ports.driven.PartitionStore.Outcome;
import dev.sentinelj.ports.driven.PartitionTransaction.JournalRow;
import dev.sentinelj.ports.driven.PartitionTransaction.LedgerClaim;
import dev.sentinelj.ports.driven.PartitionTransaction.QuarantineRow;
import dev.sentinelj.ports.driven.QuarantineQueries.Entry;
import dev.sentinelj.ports.driven.QuarantineQueries.Filter;
import dev.sentinelj.ports.driving.QuarantineReplay.Answer;
import dev.sentinelj.testkit.Stages;
import dev.sentinelj.testkit.TestBatches;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeptBatchesTest {
  private static final Principal EVE = new Principal("eve", Role.OPERATOR);

  private final WorkerForTests worker = new WorkerForTests();
  private final InMemoryQuarantineQueries queries = new InMemoryQuarantineQueries(worker.database);
  private final PartitionStore store = worker.store();
  private boolean refusing;

  /** Reads bodies as the worker does, unless it is a version that cannot. */
  private final BatchCodec codec =
      new BatchCodec() {
        @Override
        public byte[] encode(BatchId id, long from, long createdAtMillis, List<Block> blocks) {
          return worker.codec.encode(id, from, createdAtMillis, blocks);
        }

        @Override
        public List<Part> decode(BatchHeader header, byte[] body) {
          if (refusing) {
            throw new MalformedException("a field nobody knows");
          }
          return worker.codec.decode(header, body);
        }
      };

  @Test
  void replay_ofABatchAnOlderVersionCouldNotRead_storesIt() {
    refusing = true;
    worker.strand = oldWorker();
    worker.publish(WorkerForTests.withSet(worker.batch(1), WorkerForTests.SET));
    worker.run(1_000);
    assertThat(worker.balance()).isEqualTo(new Balance(4, 0, 4, 0, 0));
    refusing = false;

    Answer answer = replay(newest().id());

    assertThat(answer).isEqualTo(new Answer.Replayed(id(1), 4, 0, 0));
    assertThat(worker.stored()).isEqualTo(4);
    assertThat(worker.balance()).isEqualTo(new Balance(4, 4, 0, 0, 0));
    assertThat(newest().replayedBy()).isEqualTo("eve");
    assertThat(newest().replayedAtMillis()).isEqualTo(worker.now.wallMillis());
  }

  @Test
  void replay_doneTwice_isToldWhoDidIt() {
    long row = keepKnown("malformed", worker.batch(1));
    replay(row);

    assertThat(replay(row)).isEqualTo(new Answer.Before(worker.now.wallMillis(), "eve"));
    assertThat(worker.stored()).isEqualTo(4);
    assertThat(worker.balance()).isEqualTo(new Balance(4, 4, 0, 0, 0));
  }

  @Test
  void replay_leavesAPlaceInTheJournalOfTheBacklog() {
    long row = keepKnown("malformed", worker.batch(1));

    replay(row);

    JournalRow place = worker.database.journal(0, Lane.BACKLOG).getFirst();
    assertThat(place.batch().id()).isEqualTo(id(1));
    assertThat(place.position().generation()).isEqualTo(ReplayScript.GENERATION);
    assertThat(place.position().sequence()).isEqualTo(row);
    assertThat(worker.database.journal(0, Lane.FRESH)).isEmpty();
  }

  @Test
  void replay_withoutTheSet_waitsForIt() {
    long row = keep("no_set", worker.batch(1));

    assertThat(replay(row)).isInstanceOf(Answer.NotYet.class);
    assertThat(((Answer.NotYet) replay(row)).why()).contains(WorkerForTests.SET.hash().toHex());
    assertThat(worker.balance()).isEqualTo(new Balance(4, 0, 4, 0, 0));

    worker.publish(WorkerForTests.withSet(worker.batch(2), WorkerForTests.SET));
    worker.run(1_000);

    assertThat(replay(row)).isEqualTo(new Answer.Replayed(id(1), 4, 0, 0));
    assertThat(worker.stored()).isEqualTo(8);
    assertThat(worker.balance()).isEqualTo(new Balance(8, 8, 0, 0, 0));
    assertThat(worker.progress().through()).isEqualTo(2);
  }

  @Test
  void replay_ofSomethingStillUnreadable_leavesTheRow() {
    long row = keepKnown("malformed", worker.batch(1));
    refusing = true;

    Answer answer = replay(row);

    assertThat(answer)
        .isEqualTo(new Answer.NotYet("it still cannot be read: a field nobody knows"));
    assertThat(newest().replayedAtMillis()).isZero();
    assertThat(worker.balance()).isEqualTo(new Balance(4, 0, 4, 0, 0));
  }

  @Test
  void replay_ofSamplesThatCannotBeStored_keepsThemAsideAnew() {
    Columns columns =
        new Columns.Builder(2, worker.now.wallMillis(), worker.now.wallMillis() + 86_400_000)
            .set(0, 0, 1)
            .set(1, 0, Double.NaN)
            .set(0, 1, 2)
            .set(1, 1, 3)
            .build();
    long row = keepKnown("poison", worker.batch(1, WorkerForTests.SET, columns));

    Answer answer = replay(row);

    assertThat(answer).isEqualTo(new Answer.Replayed(id(1), 1, 3, 0));
    assertThat(worker.balance()).isEqualTo(new Balance(4, 1, 3, 0, 0));
    assertThat(worker.quarantined()).containsExactlyInAnyOrder("poison", "nan", "time");
  }

  @Test
  void replay_judgesTimesByWhenTheBatchCame() {
    long row = keepKnown("no_set", worker.batch(1));
    worker.now = worker.now.plusMillis(200L * 86_400_000);

    assertThat(replay(row)).isEqualTo(new Answer.Replayed(id(1), 4, 0, 0));
  }

  @Test
  void replay_aboveTheSeriesBudget_countsOverflow() {
    long row = keepKnown("malformed", worker.batch(1));
    WorkerLimits all = WorkerLimits.DEFAULT;
    WorkerLimits one =
        new WorkerLimits(
            all.pullBytes(),
            all.pullMessages(),
            all.pullCells(),
            1,
            all.setSeries(),
            all.windows(),
            all.windowMillis(),
            all.retention());

    Answer answer = Stages.await(new KeptBatches(queries, store, codec, 1, one).replay(row, EVE));

    assertThat(answer).isEqualTo(new Answer.Replayed(id(1), 2, 0, 2));
    assertThat(worker.balance()).isEqualTo(new Balance(4, 2, 0, 0, 2));
  }

  @Test
  void replay_ofALossRecord_countsItsLosses() {
    worker.publish(WorkerForTests.withSet(worker.batch(1), WorkerForTests.SET));
    worker.run(1_000);
    LossRecord.Entry lost = new LossRecord.Entry(2, 2, 4, LossReason.CORRUPT);
    long row = keep("poison", TestBatches.loss(worker.key, id(3), 8, lost));
    assertThat(worker.balance().unaccounted()).isEqualTo(4);

    Answer answer = replay(row);

    assertThat(answer).isEqualTo(new Answer.Replayed(id(3), 0, 0, 0));
    assertThat(worker.balance()).isEqualTo(new Balance(8, 4, 0, 4, 0));
    assertThat(worker.progress().through()).isEqualTo(3);
  }

  @Test
  void replay_ofAMovedRecord_settlesTheEpochItClosed() {
    EpochId closed = new EpochId(worker.agent(), 3);
    MovedRecord record =
        new MovedRecord(3, 2, 8, List.of(new MovedRecord.Entry(2, 2, 4)), List.of());
    long row = keep("poison", TestBatches.moved(worker.key, id(1), 0, record));

    replay(row);

    EpochProgress settled = Stages.await(worker.feed.of(closed)).committed().progress();
    assertThat(settled.closed()).isTrue();
    assertThat(settled.balance()).isEqualTo(new Balance(8, 0, 0, 4, 0, 4));
  }

  /** Whoever kept it aside could not read whose copy it is, so its origin was not entered. */
  @Test
  void replay_ofACopyWhoseContentCameInMeanwhile_countsItAsMoved() {
    EpochId before = new EpochId(worker.agent(), 3);
    SignedBatch original = original(before);
    long row = keepKnown("malformed", TestBatches.copy(worker.key, id(1), 0, original));
    worker.publish(WorkerForTests.withSet(original));
    worker.run(1_000);
    assertThat(worker.stored()).isEqualTo(4);

    assertThat(replay(row)).isEqualTo(new Answer.Replayed(id(1), 0, 0, 0));

    assertThat(worker.stored()).isEqualTo(4);
    assertThat(worker.balance()).isEqualTo(new Balance(4, 0, 0, 0, 0, 4));
  }

  @Test
  void replay_ofACopy_keepsItsOriginOut() {
    SignedBatch original = original(new EpochId(worker.agent(), 3));
    long row = keepKnown("malformed", TestBatches.copy(worker.key, id(1), 0, original));

    assertThat(replay(row)).isEqualTo(new Answer.Replayed(id(1), 4, 0, 0));
    worker.publish(WorkerForTests.withSet(original));
    worker.run(1_000);

    assertThat(worker.stored()).isEqualTo(4);
    assertThat(worker.balance()).isEqualTo(new Balance(4, 4, 0, 0, 0));
  }

  private SignedBatch original(EpochId epoch) {
    Columns columns = TestBatches.columns(2, 2, worker.now.wallMillis(), 1);
    return TestBatches.data(
        worker.codec,
        worker.key,
        new BatchId(epoch, 1),
        0,
        worker.now.wallMillis(),
        List.of(new Block(WorkerForTests.SET.hash(), columns)));
  }

  /** The batch came again and is stored by now. */
  @Test
  void replay_ofARowThatWasNotEntered_isRefused() {
    SignedBatch batch = worker.batch(1);
    repair(tx -> {
      QuarantineRow row = row("poison", batch);
      tx.quarantine(
          new QuarantineRow(row.id(), row.reason(), "", row.receivedAtMillis(), 0, row.bytes()));
    });
    worker.publish(WorkerForTests.withSet(batch, WorkerForTests.SET));
    worker.run(1_000);

    assertThat(replay(newest().id())).isInstanceOf(Answer.Conflict.class);
    assertThat(worker.stored()).isEqualTo(4);
  }

  @Test
  void replay_inAClosedEpoch_movesTheCountsAllTheSame() {
    long row = keepKnown("malformed", worker.batch(1));
    repair(tx ->
        tx.saveProgress(
            tx.lockEpochs(List.of(worker.epoch)).values().stream()
                .map(EpochProgress::withClosed)
                .toList()));

    assertThat(replay(row)).isEqualTo(new Answer.Replayed(id(1), 4, 0, 0));
    assertThat(worker.progress().closed()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "nan, no numbers",
    "time, clock",
    "bad_mac, good copy",
    "bad_frame, no message",
    "unknown_agent, enrol",
    "unknown_key, enrol",
    "revoked, enrol",
    "fork, new epoch",
    "something_else, something_else"
  })
  void replay_ofARowTheLedgerDoesNotHave_isRefusedWithTheReason(String reason, String word) {
    long row = keepKnown(reason, worker.batch(1));

    Answer answer = replay(row);

    assertThat(answer).isInstanceOf(Answer.Never.class);
    assertThat(((Answer.Never) answer).why()).contains(word);
    assertThat(worker.stored()).isZero();
  }

  @Test
  void replay_ofNothing_isUnknown() {
    assertThat(replay(12_345)).isEqualTo(new Answer.Unknown());
  }

  @Test
  void replay_ofABatchThatTheLedgerLacks_entersNothing() {
    repair(tx -> tx.quarantine(row("malformed", worker.batch(1))));

    assertThat(replay(newest().id())).isInstanceOf(Answer.Conflict.class);
    assertThat(worker.database.ledger()).isEmpty();
  }

  @Test
  void replay_ofAnotherContentThanTheLedgers_isRefused() {
    keepKnown("malformed", worker.batch(1));
    worker.now = worker.now.plusMillis(1);
    repair(tx -> tx.quarantine(row("malformed", worker.batch(1))));

    assertThat(replay(newest().id())).isInstanceOf(Answer.Conflict.class);
    assertThat(worker.stored()).isZero();
  }

  @Test
  void replay_ofBytesThatAreAnotherBatch_isRefused() {
    SignedBatch other = worker.batch(2);
    keepKnown("malformed", worker.batch(1));
    QuarantineRow forged =
        new QuarantineRow(Optional.of(id(1)), "malformed", "", 1, 4, bytes(other));
    repair(tx -> tx.quarantine(forged));

    assertThat(replay(newest().id())).isInstanceOf(Answer.Conflict.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 60})
  void replay_ofBytesThatAreCut_isRefused(int length) {
    byte[] whole = bytes(worker.batch(1));
    QuarantineRow cut =
        new QuarantineRow(Optional.of(id(1)), "malformed", "", 1, 4, Arrays.copyOf(whole, length));
    repair(tx -> tx.quarantine(cut));

    assertThat(replay(newest().id())).isInstanceOf(Answer.NotYet.class);
  }

  @Test
  void replay_thatWasCertainlyRolledBack_changesNothing() {
    long row = keepKnown("malformed", worker.batch(1));
    worker.database.faults(once(FaultPlan.Fault.ROLLBACK));

    assertThat(replay(row)).isInstanceOf(Answer.RolledBack.class);
    assertThat(worker.stored()).isZero();
    assertThat(replay(row)).isInstanceOf(Answer.Replayed.class);
  }

  @ParameterizedTest
  @CsvSource({"BEFORE, false", "DURING, false", "AFTER, true"})
  void replay_withAnUnknownOutcome_fails_andHappensOnce(FaultPlan.Fault fault, boolean happened) {
    long row = keepKnown("malformed", worker.batch(1));
    worker.database.faults(once(fault));

    assertThatThrownBy(() -> replay(row)).isInstanceOf(PortUnavailableException.class);

    assertThat(newest().replayedAtMillis() != 0).isEqualTo(happened);
    replay(row);
    assertThat(worker.stored()).isEqualTo(4);
    assertThat(worker.balance()).isEqualTo(new Balance(4, 4, 0, 0, 0));
  }

  private Answer replay(long row) {
    CompletionStage<Answer> answer =
        new KeptBatches(queries, store, codec, 1, WorkerLimits.DEFAULT).replay(row, EVE);
    return Stages.await(answer);
  }

  /** The next repair fails so. */
  private static FaultPlan once(FaultPlan.Fault fault) {
    AtomicBoolean fresh = new AtomicBoolean(true);
    return call -> call.equals("repair") && fresh.getAndSet(false) ? fault : FaultPlan.Fault.NONE;
  }

  private WorkerStrand oldWorker() {
    return new WorkerStrand(
        "old",
        List.of(0),
        worker.store(),
        worker.bus,
        codec,
        worker.directory,
        worker.clusterKey,
        Runnable::run,
        WorkerLimits.DEFAULT,
        worker.counters);
  }

  private BatchId id(long seq) {
    return new BatchId(worker.epoch, seq);
  }

  private Entry newest() {
    return queries
        .list(new Filter(Optional.empty(), Optional.empty(), Long.MAX_VALUE, 1))
        .getFirst();
  }

  /** As {@link #keep}, of a batch whose set is known. */
  private long keepKnown(String reason, SignedBatch batch) {
    repair(tx -> tx.addSet(worker.agent(), WorkerForTests.SET));
    return keep(reason, batch);
  }

  /** What a worker does with a batch that it enters and cannot store. */
  private long keep(String reason, SignedBatch batch) {
    repair(tx -> {
      EpochProgress progress = tx.lockEpochs(List.of(worker.epoch)).values().iterator().next();
      tx.claim(
          List.of(
              new LedgerClaim(
                  batch.id(),
                  batch.contentHash(),
                  batch.header().samples(),
                  batch.header().sampleTo(),
                  Optional.empty())));
      tx.quarantine(row(reason, batch));
      SeqRanges committed = progress.committed();
      committed.add(batch.id().seq());
      Balance kept = new Balance(batch.header().sampleTo(), 0, batch.header().samples(), 0, 0);
      tx.saveProgress(List.of(progress.with(committed, progress.balance().plus(kept))));
    });
    return newest().id();
  }

  private QuarantineRow row(String reason, SignedBatch batch) {
    return new QuarantineRow(
        Optional.of(batch.id()),
        reason,
        "",
        worker.now.wallMillis(),
        batch.header().samples(),
        bytes(batch));
  }

  private static byte[] bytes(SignedBatch batch) {
    WireWriter out = new WireWriter(1_000);
    batch.writeTo(out);
    return out.toBytes();
  }

  private void repair(PartitionStore.Script script) {
    assertThat(Stages.await(store.repair(0, script))).isEqualTo(new Outcome.Committed());
  }
}
