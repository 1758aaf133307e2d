package dev.sentinelj.auditor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.auditor.Finding.Kind;
import org.junit.jupiter.api.Test;

/**
 * Findings by kind and in words, and what no worker leaves behind. The verdicts on what workers do
 * are in the contract of the port that the auditor serves.
 */
class AuditorTest {

  /** Three rows of ten samples. */
  private static HandMade threeRows() {
    return HandMade.epoch(7)
        .row(1, 10, 10)
        .row(2, 10, 20)
        .row(3, 10, 30)
        .progress(3, 30, 30, 0, 0, 0, 0);
  }

  @Test
  void audit_ofRowsInOneChain_isOk() {
    EpochAudit epoch = threeRows().audit();

    assertThat(epoch.verdict()).isEqualTo(Verdict.OK);
    assertThat(epoch.findings()).isEmpty();
    assertThat(epoch.collected()).isEqualTo(30);
    assertThat(epoch.stored()).isEqualTo(30);
    assertThat(epoch.batches()).isEqualTo(3);
    assertThat(epoch.epochHex()).isEqualTo("0000000000000007");
  }

  @Test
  void audit_withARowGone_isUnaccounted() {
    EpochAudit epoch = threeRows().delete("batch_ledger", "seq = 2").audit();

    assertUnaccounted(epoch, 10, Kind.MISSING_SEQS, "seq 2 count as committed");
    assertThat(epoch.missing()).containsExactly(new SeqSpan(2, 2));
  }

  @Test
  void audit_withTheLastRowGone_isUnaccounted() {
    EpochAudit epoch = threeRows().delete("batch_ledger", "seq = 3").audit();

    assertUnaccounted(epoch, 10, Kind.LEDGER_SUM, "20 samples, the counts of the epoch say 30");
  }

  /** The transaction of a batch is gone whole, but what was told the agent stands. */
  @Test
  void audit_withARowAndItsCountGone_isUnaccounted() {
    EpochAudit epoch =
        threeRows()
            .delete("batch_ledger", "seq = 2")
            .change("agent_progress SET stored = 20", "")
            .audit();

    assertUnaccounted(epoch, 10, Kind.CHAIN, "between seq 1 and 3");
  }

  @Test
  void audit_withOtherSamplesInARow_isUnaccounted() {
    EpochAudit epoch = threeRows().change("batch_ledger SET samples = 11", "seq = 2").audit();

    assertUnaccounted(epoch, 1, Kind.CHAIN, "between seq 1 and 2");
    assertUnaccounted(epoch, 1, Kind.LEDGER_SUM, "31 samples");
  }

  @Test
  void audit_ofAChainThatRunsBackwards_isUnaccounted() {
    EpochAudit epoch =
        HandMade.epoch(7).row(1, 10, 10).row(2, 10, 15).progress(2, 15, 20, 0, 0, 0, 0).audit();

    assertUnaccounted(epoch, 5, Kind.CHAIN, "5 samples lower");
  }

  @Test
  void audit_ofAChainThatDoesNotStartAtZero_isUnaccounted() {
    EpochAudit epoch = HandMade.epoch(7).row(1, 10, 14).progress(1, 14, 10, 0, 0, 0, 0).audit();

    assertUnaccounted(epoch, 4, Kind.CHAIN, "between seq 0 and 1");
  }

  @Test
  void knows_onlyAgentsThatWereLetIn() {
    SchemaForTests.sql(
        "INSERT INTO agents (id, hardware_id, version, registered_at)"
            + " VALUES ('let-in', 'h', 'v', now())");

    assertThat(new Auditor(SchemaForTests.ADDRESS).knows("let-in")).isTrue();
    assertThat(new Auditor(SchemaForTests.ADDRESS).knows("never-let-in")).isFalse();
  }

  @Test
  void audit_withOneParkedBatch_speaksOfOne() {
    EpochAudit epoch =
        HandMade.epoch(7).row(1, 10, 10).parked(2).progress(1, 10, 10, 0, 0, 0, 0).audit();

    assertThat(epoch.findings())
        .extracting(Finding::text)
        .containsExactly("1 batch waits for a series set");
  }

  @Test
  void audit_withParkedBatches_saysHowMany() {
    EpochAudit epoch =
        HandMade.epoch(7)
            .row(1, 10, 10)
            .parked(2)
            .parked(3)
            .row(4, 10, 40)
            .progress(1, 40, 20, 0, 0, 0, 0)
            .audit();

    assertThat(epoch.verdict()).isEqualTo(Verdict.IN_FLIGHT);
    assertThat(epoch.inFlight()).isEqualTo(20);
    assertThat(epoch.parked()).isEqualTo(2);
  }

  @Test
  void audit_withALossThatExplainsOnlyAPart_isUnaccounted() {
    EpochAudit epoch = withLoss(20).audit();

    assertUnaccounted(epoch, 5, Kind.CHAIN, "5 samples higher than losses explain");
  }

  /** Seqs 2 and 3 are lost, seq 4 is the record of it. */
  private static HandMade withLoss(long counted) {
    return HandMade.epoch(7)
        .row(1, 10, 10)
        .loss(2, 3, counted, "corrupt")
        .row(4, 0, 35)
        .row(5, 10, 45)
        .progress(5, 45, 20, 0, counted, 0, 0);
  }

  @Test
  void audit_withALossBesideItsRow_isUnaccounted() {
    EpochAudit epoch =
        threeRows().loss(2, 2, 10, "dropped").change("agent_progress SET lost = 10", "").audit();

    assertUnaccounted(epoch, 10, Kind.CHAIN, "10 samples lower");
  }

  @Test
  void audit_withARowThatBeatsAPartOfALoss_isOk() {
    EpochAudit epoch =
        HandMade.epoch(7)
            .row(1, 10, 10)
            .loss(2, 4, 20, "dropped")
            .row(3, 5, 20)
            .row(5, 0, 35)
            .progress(5, 35, 15, 0, 20, 0, 0)
            .audit();

    assertThat(epoch.findings()).isEmpty();
    assertThat(epoch.verdict()).isEqualTo(Verdict.OK);
  }

  @Test
  void audit_withALossBehindTheLastRow_isOk() {
    EpochAudit epoch =
        threeRows().loss(4, 5, 8, "dropped").change("agent_progress SET lost = 8", "").audit();

    assertThat(epoch.verdict()).isEqualTo(Verdict.OK);
    assertThat(epoch.collected()).isEqualTo(38);
  }

  @Test
  void audit_withAHoleBesideALoss_hasTheRestInFlight() {
    EpochAudit epoch =
        HandMade.epoch(7)
            .row(1, 10, 10)
            .loss(2, 2, 6, "refused")
            .row(4, 10, 30)
            .progress(2, 30, 20, 0, 6, 0, 0)
            .audit();

    assertThat(epoch.verdict()).isEqualTo(Verdict.IN_FLIGHT);
    assertThat(epoch.inFlight()).isEqualTo(4);
  }

  @Test
  void audit_ofACountThatPassesOverARow_withoutATornRange_isUnaccounted() {
    EpochAudit epoch =
        HandMade.epoch(7)
            .row(1, 10, 10)
            .row(2, 7, 17)
            .row(3, 0, 10)
            .row(4, 10, 20)
            .progress(4, 20, 27, 0, 0, 0, 0)
            .audit();

    assertUnaccounted(epoch, 7, Kind.CHAIN, "7 samples lower");
  }

  @Test
  void audit_ofRowsThatDoNotTellTheirPlace_chainsThemByTheNextOne() {
    HandMade rows =
        HandMade.epoch(7)
            .oldRow(1, 10)
            .oldRow(2, 10)
            .row(3, 10, 30)
            .oldRow(4, 10)
            .progress(4, 40, 40, 0, 0, 0, 0);

    assertThat(rows.audit().findings()).isEmpty();
    assertThat(rows.audit().collected()).isEqualTo(40);
    assertUnaccounted(
        rows.change("batch_ledger SET sample_to = 33", "seq = 3").audit(),
        6, // three too high before it, three too low behind it
        Kind.CHAIN,
        "between seq 0 and 3");
  }

  @Test
  void audit_ofOldRowsAndATornOne_isOk() {
    EpochAudit epoch =
        HandMade.epoch(7)
            .row(1, 10, 10)
            .oldRow(2, 7)
            .loss(2, 2, 0, "torn")
            .oldRow(3, 10)
            .progress(3, 27, 27, 0, 0, 0, 0)
            .change("agent_progress SET torn = 7", "")
            .audit();

    assertThat(epoch.findings()).isEmpty();
    assertThat(epoch.collected()).isEqualTo(27);
  }

  @Test
  void audit_ofOldRowsWithAHole_isInFlight() {
    EpochAudit epoch =
        HandMade.epoch(7).oldRow(1, 10).oldRow(3, 10).progress(1, 30, 20, 0, 0, 0, 0).audit();

    assertThat(epoch.verdict()).isEqualTo(Verdict.IN_FLIGHT);
    assertThat(epoch.inFlight()).isEqualTo(10);
  }

  @Test
  void audit_ofSamplesKeptAside_addsUp() {
    HandMade rows =
        HandMade.epoch(7)
            .row(1, 10, 10)
            .kept(1, "nan", 3)
            .kept(1, "fork", 0)
            .progress(1, 10, 5, 3, 0, 2, 0);

    assertThat(rows.audit().verdict()).isEqualTo(Verdict.OK);
    assertUnaccounted(
        rows.change("quarantine SET replayed_at = now()", "reason = 'nan'").audit(),
        3,
        Kind.QUARANTINE_SUM,
        "0 samples");
  }

  @Test
  void audit_withLossesThatTheCountDoesNotKnow_isUnaccounted() {
    EpochAudit epoch = withLoss(25).change("agent_progress SET lost = 24", "").audit();

    assertUnaccounted(epoch, 1, Kind.LOSSES_SUM, "25 samples");
  }

  @Test
  void audit_ofALedgerWithoutProgress_isUnaccounted() {
    EpochAudit epoch = HandMade.epoch(7).row(1, 10, 10).audit();

    assertUnaccounted(epoch, 10, Kind.LEDGER_SUM, "10 samples");
  }

  /** A copy whose content was there before counts as moved in the epoch it came to. */
  @Test
  void audit_ofACopyThatWasThereBefore_isOk() {
    EpochAudit epoch =
        HandMade.epoch(7).row(1, 10, 10).row(2, 6, 16).progress(2, 16, 10, 0, 0, 0, 6).audit();

    assertThat(epoch.verdict()).isEqualTo(Verdict.OK);
    assertThat(epoch.moved()).isEqualTo(6);
  }

  @Test
  void audit_ofAForkedEpochWhoseSumsDiffer_isUnaccounted() {
    EpochAudit epoch =
        HandMade.epoch(7).row(1, 10, 10).progress(1, 10, 9, 0, 0, 0, 0).forked().audit();

    assertUnaccounted(epoch, 1, Kind.LEDGER_SUM, "10 samples");
  }

  @Test
  void audit_ofALastWordThatDoesNotAddUp_isUnaccounted() {
    EpochAudit epoch = settled(-4).audit();

    assertUnaccounted(epoch, 4, Kind.MOVED_DIFFERENCE, "4 samples fewer up to seq 3");
  }

  @Test
  void audit_ofASeqThatNobodyCarriedOver_isUnaccounted() {
    EpochAudit epoch = settled(0).delete("batch_origins", "seq = 3").audit();

    assertUnaccounted(epoch, 0, Kind.MISSING_SEQS, "seq 3 are in neither");
  }

  /** The copy is in the bus, or parked, or on its way again, and the last word overtook it. */
  @Test
  void audit_ofACopyBehindTheLastWord_waitsForIt() {
    HandMade former = settled(0).delete("batch_origins", "seq = 3");
    new HandMade(former.agent(), 8)
        .row(2, 0, 10)
        .progress(0, 10, 0, 0, 0, 0, 0)
        .change("agent_progress SET ranges = '{2,2}'", "");

    Audit audit = new Auditor(SchemaForTests.ADDRESS).audit(Scope.of(former.agent()));

    assertThat(audit.accounted()).as(audit.toString()).isTrue();
    assertThat(audit.epochs())
        .extracting(EpochAudit::verdict)
        .containsExactlyInAnyOrder(Verdict.CLOSING, Verdict.IN_FLIGHT);
  }

  @Test
  void audit_ofACopyThatWasRefused_isAccountedForWhereItIsLost() {
    HandMade former = settled(0).delete("batch_origins", "seq = 3");
    new HandMade(former.agent(), 8)
        .loss(1, 1, 10, "refused")
        .row(2, 0, 10)
        .row(3, 0, 10)
        .progress(3, 10, 0, 0, 10, 0, 0);

    Audit audit = new Auditor(SchemaForTests.ADDRESS).audit(Scope.of(former.agent()));

    assertThat(audit.accounted()).as(audit.toString()).isTrue();
    assertThat(audit.epochs()).extracting(EpochAudit::verdict).containsOnly(Verdict.OK);
  }

  /** Seqs 1 and 2 are in the ledger, seq 3 lives on in epoch 8. */
  private static HandMade settled(long difference) {
    return HandMade.epoch(7)
        .row(1, 10, 10)
        .row(2, 10, 20)
        .copied(3)
        .moved(8, 3, 30, 10, difference)
        .progress(2, 30, 20, 0, 0, 0, 10)
        .closed();
  }

  @Test
  void audit_ofOneEpoch_leavesTheOthersAlone() {
    HandMade one = threeRows();
    new HandMade(one.agent(), 8).row(1, 1, 1);
    Auditor auditor = new Auditor(SchemaForTests.ADDRESS);

    Audit both = auditor.audit(Scope.of(one.agent()));
    Audit first =
        auditor.audit(new Scope(java.util.Optional.of(one.agent()), java.util.Optional.of(7L)));

    assertThat(both.accounted()).isFalse();
    assertThat(first.accounted()).isTrue();
    assertThat(first.epochs()).hasSize(1);
  }

  private static void assertUnaccounted(EpochAudit epoch, long samples, Kind kind, String words) {
    assertThat(epoch.verdict()).as(epoch.toString()).isEqualTo(Verdict.UNACCOUNTED);
    assertThat(epoch.unaccounted()).as(epoch.toString()).isEqualTo(samples);
    assertThat(epoch.findings())
        .anySatisfy(finding -> {
          assertThat(finding.kind()).isEqualTo(kind);
          assertThat(finding.fault()).isTrue();
          assertThat(finding.text()).contains(words);
        });
  }
}
