package dev.sentinelj.application.agent;

import static dev.sentinelj.application.agent.AgentRig.EPOCH;
import static dev.sentinelj.application.agent.AgentRig.read;
import static dev.sentinelj.application.agent.AgentRig.receipt;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.adapters.memory.InMemoryBatchLog;
import dev.sentinelj.core.batch.BatchKind;
import dev.sentinelj.core.batch.LossReason;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.ingest.Refusal;
import dev.sentinelj.core.session.ReconcileAnswer;
import dev.sentinelj.core.session.ReconcileQuery;
import java.util.List;
import org.junit.jupiter.api.Test;

class SegmentFreeingTest {
  private AgentRig rig =
      new AgentRig(new InMemoryBatchLog(EPOCH, 200, 1 << 24), ExporterOptions.DEFAULT);

  private void fill() {
    while (rig.log.oldestSealed().isEmpty()) {
      rig.collect();
    }
    rig.connect();
    rig.line().seqs().forEach(rig::accept);
  }

  private long last() {
    return rig.log.oldestSealed().orElseThrow().lastSeq();
  }

  @Test
  void segment_notWhollyCommitted_isNotAskedAbout() {
    fill();

    rig.committed(last() - 1).pass(100);

    assertThat(rig.line().questions).isEmpty();
  }

  @Test
  void segment_committed_isAskedAboutOnceWithTheDigestOfItsHashes() {
    fill();
    long last = last();

    rig.committed(last).pass(100).pass(100);

    assertThat(rig.line().questions)
        .containsExactly(
            new ReconcileQuery(EPOCH, 1, last, ReconcileQuery.digestOf(rig.hashes(1, last))));
    assertThat(rig.log.firstSeq()).isEqualTo(1);
  }

  @Test
  void equal_deletesTheSegment() {
    fill();
    long last = last();

    rig.committed(last).pass(100).reconciled(new ReconcileAnswer.Equal(EPOCH, 1, last));

    assertThat(rig.log.firstSeq()).isEqualTo(last + 1);
    assertThat(rig.exporter.status(rig.now).freedSegments()).isEqualTo(1);
  }

  @Test
  void equal_toAnotherQuestion_deletesNothing() {
    fill();
    long last = last();

    rig.committed(last).pass(100).reconciled(new ReconcileAnswer.Equal(EPOCH, 1, last + 1));

    assertThat(rig.log.firstSeq()).isEqualTo(1);
  }

  @Test
  void differs_missingSeqIsSentAgainAndFreedOnceTheLedgerHasIt() {
    fill();
    long last = last();
    rig.committed(last).pass(100);
    int sent = rig.line().pushed.size();

    rig.reconciled(new ReconcileAnswer.Differs(EPOCH, 1, last, rows(2, last)));

    assertThat(rig.line().seqs().subList(sent, rig.line().seqs().size())).containsExactly(1L);
    assertThat(rig.log.firstSeq()).isEqualTo(1);

    rig.accept(1, receipt(1, 100)).committed(last, read(1, 99)).pass(5_000);

    assertThat(rig.line().questions).hasSize(1);

    rig.committed(last, read(1, 100)).pass(5_000);
    rig.reconciled(new ReconcileAnswer.Equal(EPOCH, 1, last));

    assertThat(rig.line().questions).hasSize(2);
    assertThat(rig.log.firstSeq()).isEqualTo(last + 1);
  }

  @Test
  void differs_onlyInRowsThatMatch_deletes() {
    fill();
    long last = last();

    rig.committed(last).pass(100);
    rig.reconciled(new ReconcileAnswer.Differs(EPOCH, 1, last, rows(1, last)));

    assertThat(rig.log.firstSeq()).isEqualTo(last + 1);
  }

  @Test
  void differs_inARowWhoseRecordWasDamagedSince_deletes() {
    rig = new AgentRig(new InMemoryBatchLog(EPOCH, 1_000, 1 << 24), ExporterOptions.DEFAULT);
    fill();
    long last = last();
    List<ReconcileAnswer.Row> ledger = rows(1, last);
    rig.log.damage(2);

    rig.committed(last + 10).pass(100);
    rig.reconciled(new ReconcileAnswer.Differs(EPOCH, 1, last, ledger));

    assertThat(rig.log.firstSeq()).isEqualTo(last + 1);
  }

  @Test
  void differs_inAHash_keepsTheSegmentAndSendsNothing() {
    fill();
    long last = last();
    rig.committed(last).pass(100);
    int sent = rig.line().pushed.size();
    List<ReconcileAnswer.Row> forked =
        rows(1, last).stream()
            .map(row -> row.seq() == 1 ? new ReconcileAnswer.Row(1, Sha256.of()) : row)
            .toList();

    rig.reconciled(new ReconcileAnswer.Differs(EPOCH, 1, last, forked)).pass(100);

    assertThat(rig.log.firstSeq()).isEqualTo(1);
    assertThat(rig.line().pushed).hasSize(sent);
  }

  @Test
  void refusedBatch_contributesNothingToTheDigest() {
    rig.collect().connect().refuse(1, Refusal.TIME_SPAN).pass(100);
    while (rig.log.oldestSealed().isEmpty()) {
      rig.collect();
    }
    long last = last();

    rig.committed(last).pass(100);

    assertThat(rig.line().questions.getFirst().digest())
        .isEqualTo(ReconcileQuery.digestOf(rig.hashes(2, last)));
  }

  private List<ReconcileAnswer.Row> rows(long from, long to) {
    return rig.log.read(from, (int) (to - from + 1), Long.MAX_VALUE).stream()
        .map((SignedBatch b) -> new ReconcileAnswer.Row(b.id().seq(), b.contentHash()))
        .toList();
  }

  @Test
  void deletedAndGoneFromTheDatabase_isNamedLostOnceAfterTenMinutes() {
    fill();
    long last = last();
    rig.committed(rig.log.durableThrough())
        .pass(100)
        .reconciled(new ReconcileAnswer.Equal(EPOCH, 1, last));
    long samples = rig.log.read(last + 1, 1, 1).getFirst().header().sampleFrom();
    rig.committed(0).lost().pass(60_000).open();

    for (int minute = 0; minute <= 12; minute++) {
      rig.committed(0);
      rig.line().seqs().stream().distinct().forEach(rig::accept);
      rig.pass(59_000);
    }

    assertThat(losses())
        .containsExactly(new LossRecord.Entry(1, last, samples, LossReason.DROPPED));
  }

  private List<LossRecord.Entry> losses() {
    return rig.log.read(1, 1_000, Long.MAX_VALUE).stream()
        .filter(batch -> batch.header().kind() == BatchKind.LOSS)
        .flatMap(batch -> LossRecord.parse(batch.body()).entries().stream())
        .toList();
  }
}
