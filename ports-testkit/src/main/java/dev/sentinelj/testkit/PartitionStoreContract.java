package dev.sentinelj.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.batch.LossReason;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.progress.Balance;
import dev.sentinelj.core.progress.EpochProgress;
import dev.sentinelj.core.progress.SeqRanges;
import dev.sentinelj.core.wire.MalformedException;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.BusPosition;
import dev.sentinelj.ports.driven.PartitionStore;
import dev.sentinelj.ports.driven.PartitionStore.BatchTry;
import dev.sentinelj.ports.driven.PartitionStore.FailureKind;
import dev.sentinelj.ports.driven.PartitionStore.LaneState;
import dev.sentinelj.ports.driven.PartitionStore.Lease;
import dev.sentinelj.ports.driven.PartitionStore.LeaseAnswer;
import dev.sentinelj.ports.driven.PartitionStore.Outcome;
import dev.sentinelj.ports.driven.PartitionTransaction;
import dev.sentinelj.ports.driven.PartitionTransaction.LedgerAnswer;
import dev.sentinelj.ports.driven.PartitionTransaction.ParkedBatch;
import dev.sentinelj.ports.driven.PartitionTransaction.QuarantineRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What every {@link PartitionStore} must do about leases, positions and the end of transactions.
 */
public abstract class PartitionStoreContract extends StoreContract {
  private static final BusPosition FIRST = new BusPosition(1, 7, 70_000);

  /** The store's clock moves on as far as the lease on {@code partition} is concerned. */
  protected abstract void leaseClockAdvances(int partition, long millis);

  @Test
  void lease_ofAnotherOwner_isHeldUntilItRunsOut() {
    Lease first = own();
    leaseClockAdvances(first.partition(), PartitionStore.LEASE_MILLIS - 3_000);

    assertThat(lease(first.partition(), "late")).isEqualTo(new LeaseAnswer.Held(first.owner()));

    leaseClockAdvances(first.partition(), 3_000);
    assertThat(lease(first.partition(), "late")).isInstanceOf(LeaseAnswer.Granted.class);
  }

  @Test
  void lease_takenAfterItRanOut_fencesTheFormerOwner() {
    Lease first = own();
    leaseClockAdvances(first.partition(), PartitionStore.LEASE_MILLIS);
    Lease second = own(first.partition());

    assertThat(second.token()).isNotEqualTo(first.token());
    assertThat(transact(first, tx -> move(tx, BusPosition.START, FIRST)))
        .isInstanceOf(Outcome.Fenced.class);
    assertThat(Stages.await(store().lease(first.partition(), first.owner(), Optional.of(first))))
        .isEqualTo(new LeaseAnswer.Held(second.owner()));
    commit(second, tx -> move(tx, BusPosition.START, FIRST));
  }

  @Test
  void lease_renewed_keepsItsTokenAndLastsAnew() {
    Lease lease = own();
    leaseClockAdvances(lease.partition(), PartitionStore.LEASE_MILLIS - 3_000);

    LeaseAnswer renewed =
        Stages.await(store().lease(lease.partition(), lease.owner(), Optional.of(lease)));
    leaseClockAdvances(lease.partition(), PartitionStore.LEASE_MILLIS - 3_000);

    assertThat(renewed).isEqualTo(new LeaseAnswer.Granted(lease));
    assertThat(lease(lease.partition(), "late")).isEqualTo(new LeaseAnswer.Held(lease.owner()));
  }

  @Test
  void lease_thatRanOutAndNobodyTook_isStillGood() {
    Lease lease = own();
    leaseClockAdvances(lease.partition(), 10 * PartitionStore.LEASE_MILLIS);

    commit(lease, tx -> move(tx, BusPosition.START, FIRST));
    assertThat(Stages.await(store().lease(lease.partition(), lease.owner(), Optional.of(lease))))
        .isEqualTo(new LeaseAnswer.Granted(lease));
  }

  @Test
  void lease_askedForByItsOwnerWithoutIt_isANewOne() {
    Lease first = own();

    LeaseAnswer again = lease(first.partition(), first.owner());

    assertThat(again).isInstanceOf(LeaseAnswer.Granted.class).isNotEqualTo(granted(first));
    assertThat(transact(first, tx -> {})).isInstanceOf(Outcome.Fenced.class);
  }

  @Test
  void release_letsTheNextOwnerInAtOnce() {
    Lease first = own();

    Stages.await(store().release(first));

    assertThat(transact(first, tx -> {})).isInstanceOf(Outcome.Fenced.class);
    Lease second = own(first.partition());
    assertThat(second.token()).isNotEqualTo(first.token());
  }

  @Test
  void release_byAFormerOwner_hasNoEffect() {
    Lease first = own();
    leaseClockAdvances(first.partition(), PartitionStore.LEASE_MILLIS);
    Lease second = own(first.partition());

    Stages.await(store().release(first));

    assertThat(lease(first.partition(), "late")).isEqualTo(new LeaseAnswer.Held(second.owner()));
    commit(second, tx -> {});
  }

  @Test
  void positions_areMovedLaneByLane() {
    Lease lease = own();
    Map<Lane, BusPosition> before = Stages.await(store().positions(lease));

    commit(lease, tx -> tx.movePosition(Lane.BACKLOG, BusPosition.START, FIRST));

    assertThat(before)
        .isEqualTo(Map.of(Lane.FRESH, BusPosition.START, Lane.BACKLOG, BusPosition.START));
    assertThat(Stages.await(store().positions(lease)))
        .isEqualTo(Map.of(Lane.FRESH, BusPosition.START, Lane.BACKLOG, FIRST));
  }

  @Test
  void movePosition_comparesGenerationAndSequenceOnly() {
    Lease lease = own();
    commit(lease, tx -> move(tx, BusPosition.START, FIRST));

    commit(lease, tx -> move(tx, new BusPosition(1, 7, 1), new BusPosition(2, 0, 0)));

    assertThat(Stages.await(store().positions(lease)))
        .containsEntry(Lane.FRESH, new BusPosition(2, 0, 0));
  }

  @Test
  void movePosition_fromAnotherPosition_fencesAndLeavesNothing() {
    Lease lease = own();
    BatchId id = new BatchId(TestBatches.freshEpoch(), 1);
    List<Boolean> moved = new ArrayList<>();

    Outcome outcome =
        transact(
            lease,
            tx -> {
              tx.claim(List.of(claim(id, "a", 1)));
              moved.add(tx.movePosition(Lane.FRESH, FIRST, new BusPosition(1, 8, 0)));
            });

    assertThat(moved).containsExactly(false);
    assertThat(outcome).isInstanceOf(Outcome.Fenced.class);
    assertThat(claimed(lease, claim(id, "b", 1))).containsExactly(LedgerAnswer.NEW);
  }

  @Test
  void movePosition_fromWhereItWasBefore_fences() {
    Lease lease = own();
    commit(lease, tx -> move(tx, BusPosition.START, FIRST));

    assertThat(transact(lease, tx -> move(tx, BusPosition.START, FIRST)))
        .isInstanceOf(Outcome.Fenced.class);
    assertThat(transact(lease, tx -> move(tx, new BusPosition(1, 6, 70_000), FIRST)))
        .isInstanceOf(Outcome.Fenced.class);
    assertThat(transact(lease, tx -> move(tx, new BusPosition(2, 7, 70_000), FIRST)))
        .isInstanceOf(Outcome.Fenced.class);
    assertThat(Stages.await(store().positions(lease))).containsEntry(Lane.FRESH, FIRST);
  }

  @Test
  void movePosition_failed_fencesWhateverTheScriptDoesThen() {
    Lease lease = own();

    Outcome outcome =
        transact(
            lease,
            tx -> {
              move(tx, FIRST, FIRST);
              throw new IllegalArgumentException("after the fence");
            });

    assertThat(outcome).isInstanceOf(Outcome.Fenced.class);
  }

  @Test
  void begin_countsUntilThePositionMoves() {
    Lease lease = own();
    Map<Lane, LaneState> first = begin(lease);
    begin(lease);

    commit(lease, tx -> move(tx, BusPosition.START, FIRST));
    Map<Lane, LaneState> last = begin(lease);

    LaneState fresh = new LaneState(BusPosition.START, 1, Optional.empty());
    assertThat(first).isEqualTo(Map.of(Lane.FRESH, fresh, Lane.BACKLOG, fresh));
    assertThat(last)
        .isEqualTo(
            Map.of(
                Lane.FRESH, new LaneState(FIRST, 1, Optional.empty()),
                Lane.BACKLOG, new LaneState(BusPosition.START, 3, Optional.empty())));
  }

  @Test
  void noteTry_isToldUntilThePositionMoves() {
    Lease lease = own();
    BatchTry tried = new BatchTry(FIRST, 3, 1);
    Stages.await(store().noteTry(lease, Lane.BACKLOG, tried));
    Stages.await(store().noteTry(lease, Lane.BACKLOG, tried.again()));
    transact(
        lease,
        tx -> {
          tx.movePosition(Lane.BACKLOG, BusPosition.START, FIRST);
          throw new IllegalStateException("rolled back");
        });
    Lease next = taken(lease);

    assertThat(begin(next))
        .isEqualTo(
            Map.of(
                Lane.FRESH, new LaneState(BusPosition.START, 1, Optional.empty()),
                Lane.BACKLOG, new LaneState(BusPosition.START, 1, Optional.of(tried.again()))));
    commit(next, tx -> tx.movePosition(Lane.BACKLOG, BusPosition.START, FIRST));
    assertThat(begin(next)).containsEntry(Lane.BACKLOG, new LaneState(FIRST, 1, Optional.empty()));
  }

  @Test
  void begin_andNoteTry_withoutTheLease_fail() {
    Lease former = own();
    Lease next = taken(former);

    assertThat(store().begin(former)).failsWithin(Duration.ofSeconds(10));
    assertThat(store().noteTry(former, Lane.FRESH, new BatchTry(FIRST, 0, 1)))
        .failsWithin(Duration.ofSeconds(10));
    assertThat(begin(next))
        .containsEntry(Lane.FRESH, new LaneState(BusPosition.START, 1, Optional.empty()));
  }

  private Map<Lane, LaneState> begin(Lease lease) {
    return Stages.await(store().begin(lease));
  }

  /** The lease of another owner on the same partition. */
  private Lease taken(Lease former) {
    leaseClockAdvances(former.partition(), PartitionStore.LEASE_MILLIS);
    return own(former.partition());
  }

  static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of(new MalformedException("bad"), FailureKind.DATA),
        Arguments.of(new IllegalArgumentException("bad"), FailureKind.DATA),
        Arguments.of(new IllegalStateException("bad"), FailureKind.SCRIPT),
        Arguments.of(new PortUnavailableException("bad"), FailureKind.TRANSIENT));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void script_thatThrows_isRolledBackForACause(RuntimeException failure, FailureKind kind) {
    Lease lease = own();
    AtomicInteger runs = new AtomicInteger();

    Outcome outcome =
        transact(
            lease,
            tx -> {
              runs.incrementAndGet();
              throw failure;
            });

    assertThat(outcome).isInstanceOf(Outcome.RolledBack.class);
    assertThat(((Outcome.RolledBack) outcome).kind()).isEqualTo(kind);
    assertThat(runs).hasValue(1);
    commit(lease, tx -> {});
  }

  @Test
  void rollback_leavesNothing() {
    Lease lease = own();
    EpochId epoch = TestBatches.freshEpoch();
    SeriesSet set = TestBatches.set("rolled.back");

    Outcome outcome =
        transact(
            lease,
            tx -> {
              everything(tx, epoch, set);
              throw new IllegalStateException("at the end");
            });

    assertThat(outcome).isInstanceOf(Outcome.RolledBack.class);
    assertThat(queries().latest(epoch.agent(), "", 0, 10)).isEmpty();
    assertThat(queries().balance(epoch.agent())).isEmpty();
    assertThat(Stages.await(feed().ledger(epoch, 1, 100))).isEmpty();
    assertThat(Stages.await(store().positions(lease))).containsEntry(Lane.FRESH, BusPosition.START);
    assertThat(knownSet(lease, epoch.agent(), set.hash())).isEmpty();
    List<ParkedBatch> parked =
        committed(
            lease,
            tx ->
                tx.unpark(
                    epoch.agent(),
                    hash("missing"),
                    new PartitionTransaction.Portion(9, 1_000, 1_000)));
    assertThat(parked).isEmpty();
    commit(lease, tx -> assertRepeats(tx, epoch, set));
  }

  @Test
  void script_seesItsOwnWritesAndNobodyElseDoes() {
    Lease lease = own();
    EpochId epoch = TestBatches.freshEpoch();
    List<Object> seen = new ArrayList<>();

    commit(
        lease,
        tx -> {
          tx.lockEpochs(List.of(epoch));
          tx.saveProgress(List.of(progress(epoch, 5)));
          seen.add(tx.lockEpochs(List.of(epoch)));
          seen.add(queries().balance(epoch.agent()));
        });

    assertThat(seen).containsExactly(Map.of(epoch, progress(epoch, 5)), List.of());
    assertThat(queries().balance(epoch.agent())).hasSize(1);
  }

  private static EpochProgress progress(EpochId epoch, long stored) {
    return EpochProgress.start(epoch)
        .with(SeqRanges.of(List.of(new SeqRanges.Range(1, 2))), new Balance(0, stored, 0, 0, 0));
  }

  /** One of each statement. */
  private static long everything(PartitionTransaction tx, EpochId epoch, SeriesSet set) {
    tx.lockEpochs(List.of(epoch));
    BatchId id = new BatchId(epoch, 1);
    tx.claim(List.of(claim(id, "a", 10)));
    tx.addSet(epoch.agent(), set);
    tx.addSamples(tx.seriesIds(epoch.agent(), set), TestBatches.columns(1, 3, 1_000, 10));
    tx.journal(journalRow(id, 1, 0, 100));
    tx.quarantine(new QuarantineRow(Optional.of(id), "test", "kept", 5_000, 3, new byte[] {1}));
    tx.park(
        new ParkedBatch(hash("missing"), 5_000, 7, journalRow(new BatchId(epoch, 2), 1, 1, 100)));
    tx.saveProgress(List.of(progress(epoch, 3)));
    move(tx, BusPosition.START, FIRST);
    return tx.addLosses(
        epoch, new LossRecord(List.of(new LossRecord.Entry(5, 6, 40, LossReason.CORRUPT))));
  }

  /** Nothing is in the way of doing it all again, and the losses count again. */
  private static void assertRepeats(PartitionTransaction tx, EpochId epoch, SeriesSet set) {
    assertThat(everything(tx, epoch, set)).isEqualTo(40);
  }

  private static void move(PartitionTransaction tx, BusPosition from, BusPosition to) {
    tx.movePosition(Lane.FRESH, from, to);
  }

  private LeaseAnswer lease(int partition, String owner) {
    return Stages.await(store().lease(partition, owner, Optional.empty()));
  }

  private static LeaseAnswer granted(Lease lease) {
    return new LeaseAnswer.Granted(lease);
  }
}
