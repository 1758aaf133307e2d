package dev.sentinelj.application.worker;

import static dev.sentinelj.application.worker.WorkerForTests.SET;
import static dev.sentinelj.application.worker.WorkerForTests.withSet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.adapters.memory.FaultPlan;
import dev.sentinelj.adapters.memory.FaultPlan.Fault;
import dev.sentinelj.core.batch.BatchHeader;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.BatchKind;
import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.batch.LossReason;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.block.Block;
import dev.sentinelj.core.block.Columns;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.frame.Frame;
import dev.sentinelj.core.frame.FrameAddress;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.progress.Balance;
import dev.sentinelj.core.progress.LaneRead;
import dev.sentinelj.core.signing.AgentKey;
import dev.sentinelj.core.signing.Secret;
import dev.sentinelj.core.signing.SigningPolicy;
import dev.sentinelj.ports.driven.BusPosition;
import dev.sentinelj.ports.driven.PartitionTransaction.JournalRow;
import dev.sentinelj.ports.driven.PartitionTransaction.QuarantineRow;
import dev.sentinelj.testkit.Stages;
import dev.sentinelj.testkit.TestBatches;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class WorkerStrandTest {
  private final WorkerForTests worker = new WorkerForTests();

  @Test
  void poll_aBatchWithItsSet_isStoredOnceHoweverOftenItComes() {
    SignedBatch batch = worker.batch(1);
    worker.publish(withSet(batch, SET), withSet(batch, SET));
    worker.publish(withSet(batch));
    worker.run(100);
    worker.publish(withSet(batch));
    worker.run(100);

    assertThat(worker.stored()).isEqualTo(4);
    assertThat(worker.balance()).isEqualTo(new Balance(4, 4, 0, 0, 0));
    assertThat(worker.progress().through()).isEqualTo(1);
    assertThat(worker.counters.total("batches_duplicate")).isEqualTo(3);
    assertThat(worker.database.journal(0, Lane.FRESH))
        .extracting(row -> row.batch().contentHash())
        .containsExactly(batch.contentHash());
    assertThat(lane(Lane.FRESH).sequence()).isEqualTo(3);
  }

  @Test
  void poll_anUnknownSet_parksUntilItComes_andReleasesBeforeTheBringer() {
    SignedBatch first = worker.batch(1);
    SignedBatch second = worker.batch(2);
    worker.publish(withSet(first));
    worker.run(100);

    assertThat(worker.stored()).isZero();
    assertThat(Stages.await(worker.feed.of(worker.epoch)).committed().parked()).containsExactly(1L);
    assertThat(worker.progress().through()).isZero();

    worker.publish(withSet(second, SET));
    worker.run(100);

    assertThat(worker.stored()).isEqualTo(8);
    assertThat(worker.progress().through()).isEqualTo(2);
    assertThat(Stages.await(worker.feed.of(worker.epoch)).committed().parked()).isEmpty();
  }

  @Test
  void poll_anotherContentUnderAnId_isAForkAndBothAreKept() {
    worker.publish(withSet(worker.batch(1), SET));
    worker.run(100);
    worker.publish(withSet(worker.batch(1)));
    worker.run(100);

    assertThat(worker.quarantined()).containsExactly("fork");
    assertThat(worker.progress().forked()).isTrue();
    assertThat(worker.balance()).isEqualTo(new Balance(4, 4, 0, 0, 0));
  }

  @Test
  void poll_whatNobodySigned_isKeptAsideWithoutALedgerRow() {
    AgentKey forged = new AgentKey(worker.key.id(), Secret.random(new SplittableRandom(9)));
    SignedBatch good = worker.batch(1);
    SignedBatch bad = SigningPolicy.signContent(forged, good.header(), good.body());
    worker.publish(withSet(bad, SET));
    worker.publish(Lane.FRESH, new byte[] {1, 2, 3});
    FrameAddress elsewhere = new FrameAddress(0, Lane.BACKLOG);
    Frame frame = new Frame.Batches(List.of(withSet(good)));
    worker.publish(Lane.FRESH, Frame.seal(frame, elsewhere, worker.clusterKey));
    worker.run(100);

    assertThat(worker.quarantined()).containsExactlyInAnyOrder("bad_mac", "bad_frame", "bad_frame");
    assertThat(worker.database.ledger()).isEmpty();
    assertThat(worker.balance()).isEqualTo(Balance.ZERO);

    worker.publish(withSet(good, SET));
    worker.run(100);
    assertThat(worker.stored()).isEqualTo(4);
  }

  @Test
  void poll_aBodyThatCannotBeRead_isKeptAsideWithItsSamplesAndALedgerRow() {
    byte[] body = {1, 2, 3};
    BatchHeader header =
        new BatchHeader(
            BatchKind.DATA, new BatchId(worker.epoch, 1), 0, 9, 0, 0, 0, Sha256.of(body));
    worker.publish(withSet(SigningPolicy.signContent(worker.key, header, body)));
    worker.run(100);

    assertThat(worker.quarantined()).containsExactly("malformed");
    assertThat(worker.balance()).isEqualTo(new Balance(9, 0, 9, 0, 0));
    assertThat(worker.progress().through()).isEqualTo(1);
  }

  @Test
  void poll_badSamples_areKeptAsideAlone() {
    long now = worker.now.wallMillis();
    long tooOld = now - Duration.ofDays(90).toMillis() - 1;
    Columns columns =
        new Columns.Builder(2, now, tooOld)
            .set(0, 0, 1)
            .set(1, 0, Double.NaN)
            .set(0, 1, 2)
            .set(1, 1, Double.POSITIVE_INFINITY)
            .build();
    worker.publish(withSet(worker.batch(1, SET, columns), SET));
    worker.run(100);

    assertThat(worker.stored()).isEqualTo(1);
    assertThat(worker.quarantined()).containsExactlyInAnyOrder("nan", "time");
    assertThat(worker.database.quarantined())
        .extracting(QuarantineRow::detail)
        .anyMatch("1 value is no number"::equals)
        .anyMatch(detail ->
            detail.startsWith("2 samples were taken before ") && detail.contains("Z or after "));
    assertThat(worker.balance()).isEqualTo(new Balance(4, 1, 3, 0, 0));
  }

  @Test
  void poll_aLossRecord_countsUntilARowContradictsIt() {
    SignedBatch loss =
        TestBatches.loss(
            worker.key,
            new BatchId(worker.epoch, 3),
            12,
            new LossRecord.Entry(1, 2, 8, LossReason.CORRUPT));
    worker.publish(withSet(loss));
    worker.run(100);
    assertThat(worker.balance()).isEqualTo(new Balance(12, 0, 0, 8, 0));
    assertThat(worker.progress().through()).isEqualTo(3);

    worker.publish(withSet(worker.batch(1), SET));
    worker.run(100);

    assertThat(worker.balance().stored()).isEqualTo(4);
    assertThat(worker.balance().lost()).isLessThan(8);
  }

  /**
   * The log took seq 2 for torn and counts on without it; the row was committed before or later.
   */
  @Test
  void poll_aRowThatItsLogTookForTorn_countsBesideTheRunningCount() {
    for (boolean rowFirst : new boolean[] {true, false}) {
      WorkerForTests run = new WorkerForTests();
      SignedBatch ghost = run.batch(2);
      SignedBatch loss =
          TestBatches.loss(
              run.key,
              new BatchId(run.epoch, 3),
              4,
              new LossRecord.Entry(2, 2, 0, LossReason.TORN));
      run.publish(withSet(run.batch(1), SET));
      run.publish(withSet(rowFirst ? ghost : loss));
      run.run(100);
      run.publish(withSet(rowFirst ? loss : ghost));
      run.run(100);
      Balance meanwhile = run.balance();
      Block block = new Block(SET.hash(), TestBatches.columns(2, 1, run.now.wallMillis(), 1));
      run.publish(
          withSet(
              TestBatches.data(
                  run.codec, run.key, new BatchId(run.epoch, 4), 4, 0, List.of(block))));
      run.run(100);

      assertThat(meanwhile).isEqualTo(new Balance(8, 8, 0, 0, 0, 0, 4));
      assertThat(run.balance()).isEqualTo(new Balance(10, 10, 0, 0, 0, 0, 4));
      assertThat(run.progress().through()).isEqualTo(4);
    }
  }

  @Test
  void poll_anAnswerThatWasLost_hasOneEffect() {
    worker.run(100);
    worker.database.faults(failing("transact", Fault.AFTER));
    worker.publish(withSet(worker.batch(1), SET));
    worker.run(2_000);
    worker.database.faults(FaultPlan.none());
    worker.run(5_000);

    assertThat(worker.stored()).isEqualTo(4);
    assertThat(worker.counters.total("worker_unknown_outcomes")).isPositive();
    worker.publish(withSet(worker.batch(2)));
    worker.run(100);
    assertThat(worker.stored()).isEqualTo(8);
  }

  @Test
  void poll_databaseDown_waitsAndKeepsNothingAside() {
    worker.run(100);
    worker.database.faults(failing("transact", Fault.BEFORE));
    worker.publish(withSet(worker.batch(1), SET));
    worker.run(30_000);
    assertThat(worker.stored()).isZero();

    worker.database.faults(FaultPlan.none());
    worker.run(10_000);

    assertThat(worker.stored()).isEqualTo(4);
    assertThat(worker.quarantined()).isEmpty();
  }

  @Test
  void poll_registryDown_waitsAndKeepsNothingAside() {
    worker.database.faults(failing("find", Fault.BEFORE));
    worker.publish(withSet(worker.batch(1), SET));
    worker.run(5_000);
    assertThat(worker.stored()).isZero();

    worker.database.faults(FaultPlan.none());
    worker.run(10_000);

    assertThat(worker.stored()).isEqualTo(4);
    assertThat(worker.quarantined()).isEmpty();
  }

  @Test
  void poll_busLost_raisesTheGenerationAndReadsFromItsStart() {
    worker.publish(withSet(worker.batch(1), SET));
    worker.run(100);
    long before = lane(Lane.FRESH).generation();

    worker.bus.loseAll();
    worker.run(1_100);
    assertThat(lane(Lane.FRESH)).isEqualTo(new LaneRead(0, Lane.FRESH, before + 1, 0));
    worker.publish(withSet(worker.batch(2)));
    worker.run(100);

    assertThat(worker.stored()).isEqualTo(8);
    assertThat(lane(Lane.FRESH)).isEqualTo(new LaneRead(0, Lane.FRESH, before + 1, 1));
  }

  @Test
  void poll_ticksReadAheadAndLost_readsWhatTookTheirPlace() {
    worker.run(100);
    worker.publish(Lane.FRESH, new Frame.Tick(1_800_000_001));
    worker.publish(Lane.FRESH, new Frame.Tick(1_800_000_002));
    worker.run(100);

    worker.bus.loseTail(new FrameAddress(0, Lane.FRESH), 2);
    worker.publish(withSet(worker.batch(1), SET));
    worker.run(1_100);

    assertThat(worker.stored()).isEqualTo(4);
  }

  @Test
  void poll_busWasAway_comparesPositionsBeforeItReads() {
    worker.publish(withSet(worker.batch(1), SET));
    worker.run(100);

    worker.bus.setAvailable(false);
    worker.run(1_100);
    worker.bus.loseAll();
    worker.bus.setAvailable(true);
    worker.publish(withSet(worker.batch(2)));
    worker.publish(withSet(worker.batch(3)));
    worker.run(1_100);

    assertThat(worker.stored()).isEqualTo(12);
  }

  @Test
  void poll_ticksAlone_areCommittedAfterTenSeconds_andStandInTheJournal() {
    worker.publish(withSet(worker.batch(1), SET));
    worker.run(100);
    worker.publish(Lane.FRESH, new Frame.Tick(1_800_000_001));
    worker.run(9_900);
    assertThat(lane(Lane.FRESH).sequence()).isEqualTo(1);
    worker.run(300);
    assertThat(lane(Lane.FRESH).sequence()).isEqualTo(2);

    worker.publish(Lane.FRESH, new Frame.Tick(1_800_000_002));
    worker.publish(withSet(worker.batch(2)));
    worker.run(100);

    assertThat(worker.database.journal(0, Lane.FRESH))
        .extracting(JournalRow::lastTickSecond)
        .containsExactly(0L, 1_800_000_002L);
  }

  @Test
  void poll_aSecondWorker_takesOverAfterTheLease_andTheFirstWritesNoMore() {
    WorkerStrand other = worker.strand("worker-2", worker.store(), WorkerLimits.DEFAULT);
    worker.publish(withSet(worker.batch(1), SET));
    worker.run(100);
    worker.run(other, 100);
    assertThat(other.reports().getFirst().detail()).contains("worker-1");

    worker.run(other, 10_000); // the first one stands still
    worker.publish(withSet(worker.batch(2)));
    worker.run(other, 100);
    worker.publish(withSet(worker.batch(3)));
    worker.run(100);

    assertThat(worker.stored()).isEqualTo(8);
    worker.run(other, 100);
    assertThat(worker.stored()).isEqualTo(12);
    assertThat(worker.balance()).isEqualTo(new Balance(12, 12, 0, 0, 0));
  }

  @Test
  void poll_seriesAboveTheBudget_areCountedAndNotStored() {
    WorkerLimits small =
        new WorkerLimits(4 << 20, 256, 4_000_000, 3, 100, 100, 300_000, Duration.ofDays(90));
    worker.strand = worker.strand("worker-1", worker.store(), small);
    SeriesSet more = TestBatches.set("a", "b");
    worker.publish(withSet(worker.batch(1), SET));
    worker.publish(
        withSet(
            worker.batch(2, more, TestBatches.columns(2, 2, worker.now.wallMillis(), 1)), more));
    worker.run(100);
    worker.publish(withSet(worker.batch(3)));
    worker.run(100);

    assertThat(worker.balance()).isEqualTo(new Balance(12, 10, 0, 0, 2));
    assertThat(worker.stored()).isEqualTo(10);
  }

  /** Counted since the memory of the partition was made, and a day after a series fell silent. */
  @Test
  void poll_seriesAboveTheBudget_areStoredOnceOthersFellSilent() {
    WorkerLimits small =
        new WorkerLimits(4 << 20, 256, 4_000_000, 3, 100, 100, 300_000, Duration.ofDays(90));
    worker.strand = worker.strand("worker-1", worker.store(), small);
    SeriesSet silent = TestBatches.set("a", "b");
    worker.publish(
        withSet(
            worker.batch(1, silent, TestBatches.columns(2, 2, worker.now.wallMillis(), 1)),
            silent));
    worker.publish(withSet(worker.batch(2), SET));
    worker.run(100);
    assertThat(worker.balance()).isEqualTo(new Balance(8, 6, 0, 0, 2));

    for (long seq = 3; seq <= 15; seq++) {
      for (int polls = 0; polls < 3_600; polls++) {
        worker.now = worker.now.plusMillis(2_000);
        worker.strand.poll(worker.now);
      }
      worker.publish(withSet(worker.batch(seq)));
      worker.run(100);
    }
    long above = worker.balance().overflow();
    worker.publish(withSet(worker.batch(16)));
    worker.run(100);

    assertThat(above).isEqualTo(2 * 12);
    assertThat(worker.balance()).isEqualTo(new Balance(64, 64 - above, 0, 0, above));
  }

  @Test
  void poll_aBatchThatCanNeverBeStored_isFoundAndKeptAsideAlone() {
    worker.strand =
        worker.strand("worker-1", new RefusingStore(worker.store(), 666), WorkerLimits.DEFAULT);
    Columns poison =
        new Columns.Builder(2, worker.now.wallMillis()).set(0, 0, 666).set(1, 0, 1).build();
    worker.publish(withSet(worker.batch(1), SET));
    worker.publish(
        withSet(worker.batch(2)), withSet(worker.batch(3, SET, poison)), withSet(worker.batch(4)));
    worker.publish(withSet(worker.batch(5)));
    worker.run(30_000);

    assertThat(worker.quarantined()).containsExactly("poison");
    assertThat(worker.progress().through()).isEqualTo(5);
    assertThat(worker.stored()).isEqualTo(16);
    assertThat(worker.balance()).isEqualTo(new Balance(20, 16, 2, 0, 0));
    assertThat(lane(Lane.FRESH).sequence()).isEqualTo(3);
  }

  @Test
  void poll_aParkedBatchThatCanNeverBeStored_doesNotHoldItsLaneUp() {
    worker.strand =
        worker.strand("worker-1", new RefusingStore(worker.store(), 666), WorkerLimits.DEFAULT);
    Columns poison =
        new Columns.Builder(2, worker.now.wallMillis()).set(0, 0, 666).set(1, 0, 1).build();
    worker.publish(withSet(worker.batch(1, SET, poison)));
    worker.run(100);
    worker.publish(withSet(worker.batch(2), SET));
    worker.publish(withSet(worker.batch(3)));
    worker.run(30_000);

    assertThat(worker.quarantined()).containsExactly("poison");
    assertThat(worker.progress().through()).isEqualTo(3);
    assertThat(worker.stored()).isEqualTo(8);
    assertThat(lane(Lane.FRESH).sequence()).isEqualTo(3);
  }

  @Test
  void poll_whatWasCommitted_staysInTheBusForTheRestoreMargin() {
    worker.publish(withSet(worker.batch(1), SET));
    worker.publish(withSet(worker.batch(2)));
    worker.run(100);
    worker.now = worker.now.plusMillis(LaneCursor.RESTORE_MARGIN_MILLIS - 1_000);
    worker.publish(withSet(worker.batch(3)));
    worker.run(500);
    assertThat(sequencesInBus()).containsExactly(1L, 2L, 3L);

    worker.run(62_000);

    assertThat(sequencesInBus()).containsExactly(2L, 3L);
  }

  private List<Long> sequencesInBus() {
    return worker.bus.read(new FrameAddress(0, Lane.FRESH), BusPosition.START, 10, 1 << 20).stream()
        .map(message -> message.position().sequence())
        .toList();
  }

  @Test
  void poll_aMessageTooLargeToDecodeAtOnce_isDoneBatchByBatch() {
    WorkerLimits small =
        new WorkerLimits(4 << 20, 256, 5, 1_000, 100, 100, 300_000, Duration.ofDays(90));
    worker.strand = worker.strand("worker-1", worker.store(), small);
    worker.publish(
        withSet(worker.batch(1), SET), withSet(worker.batch(2)), withSet(worker.batch(3)));
    worker.publish(withSet(worker.batch(4)));
    worker.run(1_000);

    assertThat(worker.stored()).isEqualTo(16);
    assertThat(worker.counters.total("worker_messages_split")).isEqualTo(1);
  }

  @Test
  void poll_aDeletedAgent_whatTheBusHadStillCommits() {
    worker.publish(withSet(worker.batch(1), SET));
    worker.now = worker.now.plusMillis(1);
    worker.database.deleteAgent(worker.agent(), worker.now.wallMillis());
    worker.publish(withSet(worker.batch(2)));
    worker.run(100);

    assertThat(worker.stored()).isEqualTo(4);
    assertThat(worker.quarantined()).containsExactly("revoked");
  }

  @Test
  void poll_underFaultsOfEveryKind_storesEachSampleOnce() {
    for (long seed = 1; seed <= 40; seed++) {
      survives(seed);
    }
  }

  private static void survives(long seed) {
    WorkerForTests run = new WorkerForTests(seed);
    SplittableRandom random = new SplittableRandom(seed);
    List<SignedBatch> batches = new ArrayList<>();
    for (long seq = 1; seq <= 40; seq++) {
      batches.add(run.batch(seq));
    }
    run.database.faults(FaultPlan.seeded(random.split(), 0.1, 0.1));
    for (int i = 0; i < 3 * batches.size(); i++) {
      SignedBatch batch = batches.get(random.nextInt(batches.size()));
      run.publish(random.nextInt(4) == 0 ? withSet(batch, SET) : withSet(batch));
      run.run(random.nextInt(300));
      if (random.nextInt(20) == 0) {
        run.strand = run.strand("worker-" + i, run.store(), WorkerLimits.DEFAULT);
      }
    }
    run.database.faults(FaultPlan.none());
    batches.forEach(batch -> run.publish(withSet(batch, SET)));
    run.run(30_000);

    assertThat(run.quarantined()).as("seed %d", seed).isEmpty();
    assertThat(run.stored()).as("seed %d", seed).isEqualTo(160);
    assertThat(run.balance()).as("seed %d", seed).isEqualTo(new Balance(160, 160, 0, 0, 0));
  }

  private LaneRead lane(Lane lane) {
    return Stages.await(worker.feed.of(worker.epoch)).committed().lanes().stream()
        .filter(read -> read.lane() == lane)
        .findFirst()
        .orElseThrow();
  }

  private static FaultPlan failing(String name, Fault fault) {
    return call -> call.equals(name) ? fault : Fault.NONE;
  }
}
