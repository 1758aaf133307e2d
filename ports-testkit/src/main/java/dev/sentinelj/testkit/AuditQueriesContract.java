package dev.sentinelj.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.CopiedBatch;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.LossReason;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.batch.MovedRecord;
import dev.sentinelj.core.progress.Balance;
import dev.sentinelj.core.progress.EpochProgress;
import dev.sentinelj.core.progress.SeqRanges;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.AuditQueries;
import dev.sentinelj.ports.driven.AuditQueries.AgentAudit;
import dev.sentinelj.ports.driven.AuditQueries.EpochVerdict;
import dev.sentinelj.ports.driven.AuditQueries.Verdict;
import dev.sentinelj.ports.driven.PartitionStore.Lease;
import dev.sentinelj.ports.driven.PartitionStore.Outcome;
import dev.sentinelj.ports.driven.PartitionTransaction;
import dev.sentinelj.ports.driven.PartitionTransaction.LedgerClaim;
import dev.sentinelj.ports.driven.PartitionTransaction.ParkedBatch;
import dev.sentinelj.ports.driven.PartitionTransaction.QuarantineRow;
import dev.sentinelj.ports.driven.QuarantineQueries.Filter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * What every {@link AuditQueries} must say of what transactions left behind: rows in a chain,
 * explained or not. Batches have ten samples unless a test says otherwise.
 */
public abstract class AuditQueriesContract extends StoreContract {
  private final EpochId epoch = TestBatches.freshEpoch();
  private final AgentId agent = epoch.agent();

  /** Looks at {@link #database()}. */
  protected abstract AuditQueries audits();

  /** Looks at a database that does not answer. */
  protected abstract AuditQueries unavailable();

  /** The clock of the store. */
  protected abstract long storeMillis();

  @Test
  void audit_ofAnAgentNeverHeardOf_hasNoEpoch() {
    long before = storeMillis();

    AgentAudit audit = audits().audit(agent);

    assertThat(audit.epochs()).isEmpty();
    assertThat(audit.atMillis()).isBetween(before, storeMillis());
  }

  @Test
  void audit_whenTheStoreDoesNotAnswer_throws() {
    assertThatThrownBy(() -> unavailable().audit(agent))
        .isInstanceOf(PortUnavailableException.class);
  }

  @Test
  void audit_ofAnEpochThatSentNothing_isOk() {
    left(tx -> {}, 0, Balance.ZERO);

    assertThat(audit())
        .isEqualTo(new EpochVerdict(epoch.epoch(), Verdict.OK, Balance.ZERO, 0, 0, List.of()));
  }

  @Test
  void audit_ofRowsInOneChain_isOk() {
    Balance balance = new Balance(30, 20, 4, 0, 6);
    left(
        tx -> {
          rows(tx, 1, 2, 3);
          aside(tx, 2, 4);
        },
        3,
        balance);

    assertThat(audit())
        .isEqualTo(new EpochVerdict(epoch.epoch(), Verdict.OK, balance, 0, 0, List.of()));
  }

  @Test
  void audit_tellsTheEpochHeardOfLastFirst_andNoOtherAgents() {
    EpochId later = new EpochId(agent, epoch.epoch() - 1);
    Lease lease = own();
    save(lease, progress(epoch, 0, Balance.ZERO));
    save(lease, progress(later, 0, Balance.ZERO));
    save(lease, progress(TestBatches.freshEpoch(), 0, Balance.ZERO));
    save(lease, progress(epoch, 0, Balance.ZERO));

    assertThat(audits().audit(agent).epochs())
        .extracting(EpochVerdict::epoch)
        .containsExactly(later.epoch(), epoch.epoch());
  }

  @Test
  void audit_whileATransactionIsUnderWay_seesNothingOfIt() {
    left(tx -> rows(tx, 1), 1, stored(10));
    List<EpochVerdict> seen = new ArrayList<>();

    left(
        tx -> {
          rows(tx, 2);
          seen.add(audit());
        },
        2,
        stored(20));

    assertThat(seen).extracting(EpochVerdict::balance).containsExactly(stored(10));
    assertThat(audit().balance()).isEqualTo(stored(20));
  }

  @Test
  void audit_withASeqThatDidNotCome_isInFlight() {
    SeqRanges committed = SeqRanges.of(List.of(range(1, 1), range(3, 3)));
    Balance balance = new Balance(30, 20, 0, 0, 0);
    left(tx -> rows(tx, 1, 3), EpochProgress.start(epoch).with(committed, balance));

    EpochVerdict verdict = audit();

    assertThat(verdict.verdict()).isEqualTo(Verdict.IN_FLIGHT);
    assertThat(verdict.balance()).isEqualTo(balance);
    assertThat(verdict.inFlight()).isEqualTo(10);
    assertThat(verdict.unaccounted()).isZero();
    assertThat(verdict.findings()).isNotEmpty();
  }

  @Test
  void audit_withAParkedBatch_isInFlight() {
    left(
        tx -> {
          rows(tx, 1);
          tx.park(
              new ParkedBatch(
                  hash("missing"), 5_000, 7, journalRow(new BatchId(epoch, 2), 2, 0, 9)));
        },
        1,
        stored(10));

    EpochVerdict verdict = audit();

    assertThat(verdict.verdict()).isEqualTo(Verdict.IN_FLIGHT);
    assertThat(verdict.unaccounted()).isZero();
    assertThat(verdict.findings()).hasSize(1);
  }

  @Test
  void audit_withALossThatExplainsTheGap_isOk() {
    Balance balance = new Balance(45, 20, 0, 25, 0);
    left(tx -> rowsAroundALoss(tx, 25), 5, balance);

    assertThat(audit())
        .isEqualTo(new EpochVerdict(epoch.epoch(), Verdict.OK, balance, 0, 0, List.of()));
  }

  @Test
  void audit_withALossThatExplainsAPartOfTheGap_isUnaccounted() {
    left(tx -> rowsAroundALoss(tx, 20), 5, new Balance(45, 20, 0, 20, 0));

    assertUnaccounted(5);
  }

  /** Seqs 2 and 3 are lost, seq 4 is the record of it. */
  private void rowsAroundALoss(PartitionTransaction tx, long lost) {
    tx.claim(List.of(row(1, 10, 10), row(4, 0, 35), row(5, 10, 45)));
    lose(tx, 2, 3, lost, LossReason.CORRUPT);
  }

  @Test
  void audit_withLossesThatTheCountDoesNotKnow_isUnaccounted() {
    left(tx -> rowsAroundALoss(tx, 25), 5, new Balance(45, 20, 0, 24, 0));

    assertUnaccounted(1);
  }

  @Test
  void audit_withARowInsideATornRange_countsItAndChainsWithoutIt() {
    left(
        tx -> {
          tx.claim(List.of(row(1, 10, 10), row(2, 7, 17), row(3, 0, 10), row(4, 10, 20)));
          lose(tx, 2, 2, 0, LossReason.TORN);
        },
        4,
        new Balance(27, 27, 0, 0, 0, 0, 7));

    assertThat(audit())
        .isEqualTo(new EpochVerdict(epoch.epoch(), Verdict.OK, stored(27), 0, 0, List.of()));
  }

  @Test
  void audit_withASeqThatCountsAsCommittedAndIsNowhere_isUnaccounted() {
    left(tx -> rows(tx, 1, 3), 3, stored(30));

    assertUnaccounted(10);
  }

  @Test
  void audit_withARowThatIsGoneFromTheEnd_isUnaccounted() {
    left(tx -> rows(tx, 1, 2), 3, stored(30));

    assertUnaccounted(10);
  }

  @Test
  void audit_ofARowBesideItsCounts_isUnaccounted() {
    left(tx -> rows(tx, 1, 2, 3), 3, new Balance(30, 20, 0, 0, 0));

    assertUnaccounted(10);
  }

  @Test
  void audit_ofSamplesThatCountTwice_isUnaccounted() {
    left(tx -> rows(tx, 1, 2, 3), 3, new Balance(30, 34, 0, 0, 0));

    assertUnaccounted(4);
  }

  @Test
  void audit_ofSamplesKeptAsideThatAreNotThere_isUnaccounted() {
    left(tx -> rows(tx, 1), 1, new Balance(10, 7, 3, 0, 0));

    assertUnaccounted(3);
  }

  @Test
  void audit_ofSamplesKeptAsideAndReplayed_countsThemNoMore() {
    left(
        tx -> {
          rows(tx, 1);
          aside(tx, 1, 3);
        },
        1,
        stored(10));
    assertUnaccounted(3);
    Filter mine = new Filter(Optional.of(agent), Optional.empty(), Long.MAX_VALUE, 1);
    long kept = quarantine().list(mine).getFirst().id();

    commit(
        own(),
        tx -> {
          tx.lockQuarantined(kept);
          tx.markReplayed(kept, "admin");
        });

    assertThat(audit().verdict()).isEqualTo(Verdict.OK);
  }

  @Test
  void audit_ofAForkedEpoch_isClosing() {
    left(
        tx -> tx.claim(List.of(row(1, 10, 10), row(4, 5, 40))),
        progress(epoch, 1, new Balance(40, 15, 0, 0, 0)).withFork());

    EpochVerdict verdict = audit();

    assertThat(verdict.verdict()).isEqualTo(Verdict.CLOSING);
    assertThat(verdict.inFlight()).isEqualTo(25);
    assertThat(verdict.unaccounted()).isZero();
  }

  @Test
  void audit_ofAClosedEpochWithoutALastWord_isClosing() {
    left(tx -> rows(tx, 1), 1, stored(10));

    Stages.await(feed().close(epoch));

    assertThat(audit().verdict()).isEqualTo(Verdict.CLOSING);
  }

  @Test
  void audit_ofAForkedEpochWhoseSumsDiffer_isUnaccounted() {
    left(tx -> rows(tx, 1), progress(epoch, 1, new Balance(10, 9, 0, 0, 0)).withFork());

    assertUnaccounted(1);
  }

  @Test
  void audit_ofAClosedEpochWhoseLogHasSpoken_isOk() {
    Balance balance = new Balance(30, 20, 0, 0, 0, 10);
    settled(tx -> copied(tx, 3), 30, balance);

    assertThat(epochVerdict())
        .isEqualTo(new EpochVerdict(epoch.epoch(), Verdict.OK, balance, 0, 0, List.of()));
  }

  @Test
  void audit_ofALastWordThatDoesNotAddUp_isUnaccounted() {
    settled(tx -> copied(tx, 3), 26, new Balance(26, 20, 0, 0, 0, 10));

    assertThat(epochVerdict().verdict()).isEqualTo(Verdict.UNACCOUNTED);
    assertThat(epochVerdict().unaccounted()).isEqualTo(4);
  }

  @Test
  void audit_ofASeqThatNobodyCarriedOver_isUnaccountedOfUnknownSize() {
    settled(tx -> {}, 30, new Balance(30, 20, 0, 0, 0, 10));

    assertThat(epochVerdict().verdict()).isEqualTo(Verdict.UNACCOUNTED);
    assertThat(epochVerdict().unaccounted()).isZero();
    assertThat(epochVerdict().findings()).isNotEmpty();
  }

  @Test
  void audit_ofAHoleBehindTheLastWord_waitsForAnotherLog() {
    settled(
        tx -> {
          copied(tx, 3);
          tx.claim(List.of(row(6, 5, 60)));
        },
        30,
        new Balance(35, 25, 0, 0, 0, 10));

    assertThat(epochVerdict().verdict()).isEqualTo(Verdict.CLOSING);
    assertThat(epochVerdict().unaccounted()).isZero();
  }

  /** Seqs 1 and 2 are in the ledger; the word says that seq 3 went on elsewhere. */
  private void settled(Consumer<PartitionTransaction> more, long samples, Balance balance) {
    EpochId into = into();
    MovedRecord word =
        new MovedRecord(
            epoch.epoch(), 3, samples, List.of(new MovedRecord.Entry(3, 3, 10)), List.of());
    left(
        tx -> {
          rows(tx, 1, 2);
          more.accept(tx);
          tx.addMove(epoch, into, word);
        },
        progress(epoch, 2, balance).withClosed());
  }

  /** The epoch that the log went on in. */
  private EpochId into() {
    return new EpochId(agent, epoch.epoch() + 1);
  }

  /** The content of this seq comes in as a copy. */
  private void copied(PartitionTransaction tx, long seq) {
    CopiedBatch.Origin origin = new CopiedBatch.Origin(new BatchId(epoch, seq), hash("three"));
    tx.claim(
        List.of(
            new LedgerClaim(new BatchId(into(), 1), hash("copy"), 10, 10, Optional.of(origin))));
  }

  private EpochVerdict epochVerdict() {
    return audits().audit(agent).epochs().stream()
        .filter(verdict -> verdict.epoch() == epoch.epoch())
        .findFirst()
        .orElseThrow();
  }

  private void assertUnaccounted(long samples) {
    EpochVerdict verdict = audit();
    assertThat(verdict.verdict()).as(verdict.toString()).isEqualTo(Verdict.UNACCOUNTED);
    assertThat(verdict.unaccounted()).as(verdict.toString()).isEqualTo(samples);
    assertThat(verdict.findings()).isNotEmpty();
  }

  private EpochVerdict audit() {
    return audits().audit(agent).epochs().getFirst();
  }

  private void left(Consumer<PartitionTransaction> script, long through, Balance balance) {
    left(script, progress(epoch, through, balance));
  }

  /** What a transaction leaves behind that did {@code script} and counted {@code progress}. */
  private void left(Consumer<PartitionTransaction> script, EpochProgress progress) {
    Outcome outcome =
        transact(
            own(),
            tx -> {
              tx.lockEpochs(List.of(epoch));
              script.accept(tx);
              tx.saveProgress(List.of(progress));
            });
    assertThat(outcome).isEqualTo(new Outcome.Committed());
  }

  private void save(Lease lease, EpochProgress progress) {
    commit(
        lease,
        tx -> {
          tx.lockEpochs(List.of(progress.epoch()));
          tx.saveProgress(List.of(progress));
        });
  }

  private static EpochProgress progress(EpochId of, long through, Balance balance) {
    SeqRanges committed = new SeqRanges();
    if (through > 0) {
      committed.add(1, through);
    }
    return EpochProgress.start(of).with(committed, balance);
  }

  private static SeqRanges.Range range(long from, long to) {
    return new SeqRanges.Range(from, to);
  }

  private static Balance stored(long samples) {
    return new Balance(samples, samples, 0, 0, 0);
  }

  /** Rows of ten samples each, each in its place. */
  private void rows(PartitionTransaction tx, long... seqs) {
    for (long seq : seqs) {
      tx.claim(List.of(row(seq, 10, 10 * seq)));
    }
  }

  private LedgerClaim row(long seq, long samples, long sampleTo) {
    BatchId id = new BatchId(epoch, seq);
    return new LedgerClaim(id, hash("row " + seq), samples, sampleTo, Optional.empty());
  }

  private void aside(PartitionTransaction tx, long seq, long samples) {
    Optional<BatchId> id = Optional.of(new BatchId(epoch, seq));
    tx.quarantine(new QuarantineRow(id, "nan", "kept", 5_000, samples, new byte[] {1}));
  }

  private void lose(PartitionTransaction tx, long from, long to, long samples, LossReason why) {
    tx.addLosses(epoch, new LossRecord(List.of(new LossRecord.Entry(from, to, samples, why))));
  }
}
