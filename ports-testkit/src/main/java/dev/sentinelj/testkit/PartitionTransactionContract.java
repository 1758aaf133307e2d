package dev.sentinelj.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.CopiedBatch;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.LossReason;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.block.Columns;
import dev.sentinelj.core.metric.Series;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.progress.Balance;
import dev.sentinelj.core.progress.EpochProgress;
import dev.sentinelj.core.progress.SeqRanges;
import dev.sentinelj.core.session.ReconcileAnswer;
import dev.sentinelj.ports.driven.MetricQueries.Point;
import dev.sentinelj.ports.driven.MetricQueries.RangeQuery;
import dev.sentinelj.ports.driven.MetricQueries.RangeSeries;
import dev.sentinelj.ports.driven.PartitionStore.FailureKind;
import dev.sentinelj.ports.driven.PartitionStore.Lease;
import dev.sentinelj.ports.driven.PartitionStore.Outcome;
import dev.sentinelj.ports.driven.PartitionTransaction;
import dev.sentinelj.ports.driven.PartitionTransaction.Collected;
import dev.sentinelj.ports.driven.PartitionTransaction.LedgerAnswer;
import dev.sentinelj.ports.driven.PartitionTransaction.LedgerClaim;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every {@link PartitionTransaction} must do, losses and parking apart, which have contracts
 * of their own.
 */
public abstract class PartitionTransactionContract extends StoreContract {
  private final EpochId epoch = TestBatches.freshEpoch();
  private final AgentId agent = epoch.agent();

  @Test
  void lockEpochs_neverHeardOf_startAtNothing() {
    EpochId other = TestBatches.freshEpoch(agent);

    Map<EpochId, EpochProgress> locked =
        committed(own(), tx -> tx.lockEpochs(List.of(epoch, other, epoch)));

    assertThat(locked)
        .isEqualTo(Map.of(epoch, EpochProgress.start(epoch), other, EpochProgress.start(other)));
  }

  @Test
  void saveProgress_isReadBackWhole() {
    Lease lease = own();
    EpochId negative = new EpochId(agent, -5);
    EpochProgress saved =
        new EpochProgress(
            negative,
            3,
            List.of(new SeqRanges.Range(5, 9), new SeqRanges.Range(11, 11)),
            new Balance(100, 60, 20, 15, 5, 7, 3),
            true,
            true);

    commit(
        lease,
        tx -> {
          tx.lockEpochs(List.of(negative));
          tx.saveProgress(List.of(saved));
        });

    Map<EpochId, EpochProgress> back = committed(lease, tx -> tx.lockEpochs(List.of(negative)));
    assertThat(back).isEqualTo(Map.of(negative, saved));
  }

  @Test
  void saveProgress_ofAnEpochLockedInAnotherTransaction_isRefused() {
    Lease lease = own();
    commit(lease, tx -> tx.lockEpochs(List.of(epoch)));

    commit(
        lease,
        tx ->
            assertThatThrownBy(
                    () -> tx.saveProgress(List.of(EpochProgress.start(epoch).withFork())))
                .isInstanceOf(IllegalStateException.class));

    Map<EpochId, EpochProgress> after = committed(lease, tx -> tx.lockEpochs(List.of(epoch)));
    assertThat(after).isEqualTo(Map.of(epoch, EpochProgress.start(epoch)));
  }

  @Test
  void transaction_afterItsScript_takesNothing() {
    PartitionTransaction over = committed(own(), tx -> tx);

    assertThatThrownBy(() -> over.claim(List.of(claim(id(1), "one", 1))))
        .isInstanceOf(IllegalStateException.class);
    assertThat(Stages.await(feed().ledger(epoch, 1, 10))).isEmpty();
  }

  @Test
  void claim_saysOfEachWhatTheLedgerHad_inOrder() {
    Lease lease = own();
    commit(lease, tx -> tx.claim(List.of(claim(id(2), "two", 1), claim(id(4), "four", 1))));

    List<LedgerAnswer> answers =
        committed(
            lease,
            tx ->
                tx.claim(
                    List.of(
                        claim(id(5), "five", 1),
                        claim(id(4), "other", 1),
                        claim(id(1), "one", 1),
                        claim(id(2), "two", 1))));

    assertThat(answers)
        .containsExactly(
            LedgerAnswer.NEW, LedgerAnswer.FORK, LedgerAnswer.NEW, LedgerAnswer.DUPLICATE);
  }

  @Test
  void claim_ofOneIdTwice_meetsItself() {
    List<LedgerAnswer> answers =
        committed(
            own(),
            tx ->
                tx.claim(
                    List.of(
                        claim(id(1), "one", 1),
                        claim(id(1), "one", 1),
                        claim(id(1), "other", 1),
                        claim(id(1), "one", 1))));

    assertThat(answers)
        .containsExactly(
            LedgerAnswer.NEW, LedgerAnswer.DUPLICATE, LedgerAnswer.FORK, LedgerAnswer.DUPLICATE);
  }

  @Test
  void claim_thatForks_leavesTheLedgerAsItWas() {
    Lease lease = own();
    commit(lease, tx -> tx.claim(List.of(claim(id(1), "one", 1))));

    commit(lease, tx -> tx.claim(List.of(claim(id(1), "other", 1))));

    assertThat(claimed(lease, claim(id(1), "one", 1))).containsExactly(LedgerAnswer.DUPLICATE);
  }

  @Test
  void claim_ofAnotherEpochOrAgent_isItsOwn() {
    BatchId otherEpoch = new BatchId(TestBatches.freshEpoch(agent), 1);
    BatchId otherAgent = new BatchId(new EpochId(TestBatches.freshAgent(), epoch.epoch()), 1);
    Lease lease = own();
    commit(lease, tx -> tx.claim(List.of(claim(id(1), "one", 1))));

    assertThat(claimed(lease, claim(otherEpoch, "a", 1), claim(otherAgent, "b", 1)))
        .containsExactly(LedgerAnswer.NEW, LedgerAnswer.NEW);
  }

  @Test
  void claim_ofNothing_answersNothing() {
    assertThat(claimed(own())).isEmpty();
  }

  @Test
  void claim_ofACopy_isNewOnceForAllCopiesOfItsOrigin() {
    Lease lease = own();
    EpochId second = TestBatches.freshEpoch(agent);
    EpochId third = TestBatches.freshEpoch(agent);

    assertThat(
            claimed(
                lease,
                copyOf(id(1), "one", new BatchId(second, 7)),
                copyOf(id(2), "two", new BatchId(second, 8))))
        .containsExactly(LedgerAnswer.NEW, LedgerAnswer.NEW);
    assertThat(
            claimed(
                lease,
                copyOf(id(1), "one", new BatchId(third, 1)),
                copyOf(id(2), "other", new BatchId(third, 2)),
                copyOf(id(1), "one", new BatchId(second, 7)),
                claim(new BatchId(third, 1), "none", 1)))
        .containsExactly(
            LedgerAnswer.COPIED, LedgerAnswer.NEW, LedgerAnswer.DUPLICATE, LedgerAnswer.FORK);
    assertThat(Stages.await(feed().ledger(third, 1, 9))).hasSize(2);
  }

  @Test
  void claim_ofACopyWhoseOriginIsEntered_isCopied() {
    Lease lease = own();
    EpochId second = TestBatches.freshEpoch(agent);
    commit(lease, tx -> tx.claim(List.of(claim(id(1), "one", 1), claim(id(2), "two", 1))));

    assertThat(
            claimed(
                lease,
                copyOf(id(1), "one", new BatchId(second, 1)),
                copyOf(id(2), "other", new BatchId(second, 2))))
        .containsExactly(LedgerAnswer.COPIED, LedgerAnswer.NEW);
  }

  @Test
  void claim_ofAnOriginWhoseCopyIsEntered_isADuplicateWithoutARow() {
    Lease lease = own();
    EpochId second = TestBatches.freshEpoch(agent);
    commit(lease, tx -> tx.claim(List.of(copyOf(id(1), "one", new BatchId(second, 1)))));

    assertThat(claimed(lease, claim(id(1), "one", 1), claim(id(2), "two", 1)))
        .containsExactly(LedgerAnswer.DUPLICATE, LedgerAnswer.NEW);
    assertThat(
            claimed(
                lease,
                claim(id(1), "one", 1),
                claim(id(1), "other", 1),
                claim(id(1), "one", 1),
                claim(id(3), "three", 1)))
        .containsExactly(
            LedgerAnswer.DUPLICATE, LedgerAnswer.NEW, LedgerAnswer.FORK, LedgerAnswer.NEW);
    assertThat(Stages.await(feed().ledger(epoch, 1, 9)))
        .extracting(ReconcileAnswer.Row::seq)
        .containsExactly(1L, 2L, 3L);
  }

  @Test
  void claim_ofOriginAndCopyAtOnce_letsTheFirstIn() {
    Lease lease = own();
    EpochId second = TestBatches.freshEpoch(agent);
    EpochId third = TestBatches.freshEpoch(agent);

    assertThat(
            claimed(
                lease,
                claim(id(1), "one", 1),
                copyOf(id(1), "one", new BatchId(second, 1)),
                copyOf(id(2), "two", new BatchId(second, 2)),
                claim(id(2), "two", 1),
                copyOf(id(2), "two", new BatchId(third, 1)),
                claim(id(2), "two", 1)))
        .containsExactly(
            LedgerAnswer.NEW,
            LedgerAnswer.COPIED,
            LedgerAnswer.NEW,
            LedgerAnswer.DUPLICATE,
            LedgerAnswer.COPIED,
            LedgerAnswer.DUPLICATE);
  }

  @Test
  void claimOrigin_letsOneCopyInAndKeepsTheOriginOut() {
    Lease lease = own();
    BatchId copy = new BatchId(TestBatches.freshEpoch(agent), 1);
    BatchId other = new BatchId(TestBatches.freshEpoch(agent), 1);
    commit(lease, tx -> tx.claim(List.of(claim(copy, "copy", 1), claim(other, "other", 1))));

    assertThat(claimedOrigin(lease, copy, 1, "one")).isTrue();
    assertThat(claimedOrigin(lease, copy, 1, "one")).isTrue();
    assertThat(claimedOrigin(lease, other, 1, "one")).isFalse();
    assertThat(claimedOrigin(lease, other, 1, "another")).isTrue();
    assertThat(claimed(lease, claim(id(1), "one", 1))).containsExactly(LedgerAnswer.DUPLICATE);
  }

  @Test
  void claimOrigin_ofARowOfTheLedger_isTaken() {
    Lease lease = own();
    BatchId copy = new BatchId(TestBatches.freshEpoch(agent), 1);
    commit(lease, tx -> tx.claim(List.of(claim(id(1), "one", 1), claim(copy, "copy", 1))));

    assertThat(claimedOrigin(lease, copy, 1, "one")).isFalse();
    assertThat(claimedOrigin(lease, copy, 1, "another")).isTrue();
  }

  private boolean claimedOrigin(Lease lease, BatchId copy, long seq, String content) {
    CopiedBatch.Origin origin = new CopiedBatch.Origin(id(seq), hash(content));
    return committed(lease, tx -> tx.claimOrigin(copy, origin));
  }

  @Test
  void collected_isTheNewestCount_andApartWhatWasTakenForTorn() {
    Lease lease = own();
    commit(
        lease,
        tx -> {
          tx.claim(List.of(counted(1, 10, 10), counted(2, 8, 18), counted(4, 5, 15)));
          tx.addLosses(epoch, losses(new LossRecord.Entry(2, 2, 0, LossReason.TORN)));
        });

    Collected some = committed(lease, tx -> tx.collected(epoch));
    Collected none = committed(lease, tx -> tx.collected(TestBatches.freshEpoch()));

    assertThat(some).isEqualTo(new Collected(15, 8));
    assertThat(none).isEqualTo(new Collected(0, 0));
  }

  private LedgerClaim counted(long seq, long samples, long sampleTo) {
    return new LedgerClaim(id(seq), hash("row " + seq), samples, sampleTo, Optional.empty());
  }

  private static LedgerClaim copyOf(BatchId origin, String content, BatchId id) {
    return new LedgerClaim(
        id, hash("copy " + id), 1, 1, Optional.of(new CopiedBatch.Origin(origin, hash(content))));
  }

  private static LossRecord losses(LossRecord.Entry... entries) {
    return new LossRecord(List.of(entries));
  }

  @Test
  void addSet_isKnownToItsAgentAlone() {
    Lease lease = own();
    SeriesSet set = TestBatches.set("cpu", "memory");
    commit(lease, tx -> tx.addSet(agent, set));
    commit(lease, tx -> tx.addSet(agent, set));

    assertThat(knownSet(lease, agent, set.hash())).contains(set);
    assertThat(knownSet(lease, TestBatches.freshAgent(), set.hash())).isEmpty();
    assertThat(knownSet(lease, agent, hash("another"))).isEmpty();
  }

  /** The same series may come spelled out, which brings no definition. */
  @Test
  void knownSet_ofSeriesThatHaveIdsOnly_isEmpty() {
    Lease lease = own();
    SeriesSet set = TestBatches.set("cpu", "memory");
    AgentId other = TestBatches.freshAgent();
    commit(lease, tx -> tx.addSet(other, set));
    commit(lease, tx -> tx.seriesIds(other, set));
    commit(lease, tx -> tx.seriesIds(agent, set));

    assertThat(knownSet(lease, agent, set.hash())).isEmpty();
    assertThat(knownSet(lease, other, set.hash())).contains(set);
  }

  @Test
  void addSet_beyondTheAgentsShare_isRefused() {
    Lease lease = own();
    SeriesSet first = TestBatches.set("set 0");
    commit(
        lease,
        tx -> {
          for (int i = 0; i < PartitionTransaction.MAX_SETS; i++) {
            tx.addSet(agent, TestBatches.set("set " + i));
          }
        });

    SeriesSet more = TestBatches.set("one more");
    boolean added = committed(lease, tx -> tx.addSet(agent, more));
    boolean again = committed(lease, tx -> tx.addSet(agent, first));
    boolean others = committed(lease, tx -> tx.addSet(TestBatches.freshAgent(), more));

    assertThat(added).isFalse();
    assertThat(knownSet(lease, agent, more.hash())).isEmpty();
    assertThat(again).isTrue();
    assertThat(others).isTrue();
  }

  @Test
  void seriesIds_areTheSameInEverySet() {
    Lease lease = own();
    SeriesSet first = TestBatches.set("cpu", "memory");
    SeriesSet second = TestBatches.set("disk", "memory", "cpu");

    long[] before = committed(lease, tx -> tx.seriesIds(agent, first));
    List<long[]> after =
        committed(lease, tx -> List.of(tx.seriesIds(agent, second), tx.seriesIds(agent, second)));

    assertThat(after.get(0)).containsExactly(after.get(1));
    assertThat(after.get(0)[1]).isEqualTo(before[1]);
    assertThat(after.get(0)[2]).isEqualTo(before[0]);
    assertThat(LongStream.of(after.get(0)).distinct().count()).isEqualTo(3);
  }

  @Test
  void seriesIds_ofAnotherAgentTypeOrLabel_areOthers() {
    Lease lease = own();
    SeriesSet set =
        SeriesSet.of(
            List.of(
                TestBatches.gauge("cpu", Map.of()),
                TestBatches.gauge("cpu", Map.of("core", "0")),
                Series.counter("cpu", "1", Map.of()),
                Series.gauge("cpu", "s", Map.of())));

    long[] mine = committed(lease, tx -> tx.seriesIds(agent, set));
    long[] others = committed(lease, tx -> tx.seriesIds(TestBatches.freshAgent(), set));

    assertThat(LongStream.concat(LongStream.of(mine), LongStream.of(others)).distinct().count())
        .isEqualTo(8);
  }

  @Test
  void addSamples_storesPresentCellsOnly() {
    SeriesSet set = TestBatches.set("a", "b");
    Columns columns =
        new Columns.Builder(2, 2_000, 1_000)
            .set(0, 0, -0.5)
            .set(1, 0, Double.MAX_VALUE)
            .set(1, 1, Double.MIN_VALUE)
            .build();

    commit(own(), tx -> tx.addSamples(tx.seriesIds(agent, set), columns));

    assertThat(points("a")).containsExactly(new Point(2_000, -0.5));
    assertThat(points("b"))
        .containsExactly(new Point(1_000, Double.MIN_VALUE), new Point(2_000, Double.MAX_VALUE));
  }

  @Test
  void addSamples_ofOneTime_areAllKept() {
    SeriesSet set = TestBatches.set("a");
    Columns columns = new Columns.Builder(1, 1_000, 1_000).set(0, 0, 1).set(0, 1, 1).build();

    commit(
        own(),
        tx -> {
          tx.addSamples(tx.seriesIds(agent, set), columns);
          tx.addSamples(tx.seriesIds(agent, set), columns);
        });

    assertThat(points("a")).hasSize(4);
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void addSamples_notFinite_addsNothingAndTheTransactionGoesOn(double value) {
    SeriesSet set = TestBatches.set("a");
    Columns bad = new Columns.Builder(1, 1_000, 2_000).set(0, 0, 1).set(0, 1, value).build();
    List<String> refusals = new ArrayList<>();

    commit(
        own(),
        tx -> {
          long[] ids = tx.seriesIds(agent, set);
          try {
            tx.addSamples(ids, bad);
          } catch (IllegalArgumentException e) {
            refusals.add("refused");
          }
          tx.addSamples(ids, TestBatches.columns(1, 1, 3_000, 1));
        });

    assertThat(refusals).containsExactly("refused");
    assertThat(points("a")).containsExactly(new Point(3_000, 0));
  }

  @Test
  void addSamples_withoutOneIdPerColumn_isRefused() {
    Outcome outcome =
        transact(own(), tx -> tx.addSamples(new long[0], TestBatches.columns(1, 1, 0, 1)));

    assertThat(kind(outcome)).isEqualTo(FailureKind.DATA);
  }

  @Test
  void journal_takesEachPlaceOnce() {
    Lease lease = own();
    commit(
        lease,
        tx -> {
          tx.journal(journalRow(id(1), 9, 0, 10));
          tx.journal(journalRow(id(2), 9, 1, 10));
        });

    Outcome outcome = transact(lease, tx -> tx.journal(journalRow(id(3), 9, 1, 10)));

    assertThat(kind(outcome)).isEqualTo(FailureKind.DATA);
    commit(own(), tx -> tx.journal(journalRow(id(3), 9, 1, 10)));
  }

  private static FailureKind kind(Outcome outcome) {
    assertThat(outcome).isInstanceOf(Outcome.RolledBack.class);
    return ((Outcome.RolledBack) outcome).kind();
  }

  private BatchId id(long seq) {
    return new BatchId(epoch, seq);
  }

  private List<Point> points(String name) {
    return queries().range(new RangeQuery(agent, name, Map.of(), 0, 10_000, 0, 10, 100)).stream()
        .map(RangeSeries::points)
        .findFirst()
        .orElse(List.of());
  }
}
