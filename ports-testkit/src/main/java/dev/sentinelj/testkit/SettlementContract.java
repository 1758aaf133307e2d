package dev.sentinelj.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.CopiedBatch;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.LossReason;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.batch.MovedRecord;
import dev.sentinelj.ports.driven.PartitionStore.Lease;
import dev.sentinelj.ports.driven.PartitionTransaction.LedgerClaim;
import dev.sentinelj.ports.driven.PartitionTransaction.Settlement;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the last words of logs on a closed epoch come to, in every partition transaction. */
public abstract class SettlementContract extends StoreContract {
  private final AgentId agent = TestBatches.freshAgent();
  private final EpochId epoch = TestBatches.freshEpoch(agent);

  @Test
  void addMove_namesWhatTheLogCountedAndNobodyHas() {
    Lease lease = own();
    EpochId into = TestBatches.freshEpoch(agent);
    claimed(lease, 1, "one", 10);
    claimed(lease, 2, "two", 10);
    claimed(lease, 4, "another content", 3);
    claimed(lease, 9, "of another log", 100);
    lose(lease, loss(3, 3, 10), loss(8, 20, 50));

    // seqs 1 to 6 with 10 samples each: 1 and 2 in the ledger, 3 lost, 4 and 5 moved, 6 nowhere
    MovedRecord record = record(6, 60, new MovedRecord.Entry(4, 5, 20));
    Settlement first = committed(lease, tx -> tx.addMove(epoch, into, record));
    Settlement again = committed(lease, tx -> tx.addMove(epoch, into, record));

    assertThat(first).isEqualTo(new Settlement(20, 10, List.of(vanished(6, 6, 10)), 0));
    assertThat(again).isEqualTo(new Settlement(0, 0, List.of(vanished(6, 6, 10)), 0));
  }

  @Test
  void settlement_withoutAWord_isEmpty() {
    assertThat(settlement(own())).isEmpty();
  }

  @Test
  void settlement_afterLateRows_isCountedAnew() {
    Lease lease = own();
    Settlement first = move(lease, record(3, 30));
    claimed(lease, 1, "one", 10);
    Optional<Settlement> late = settlement(lease);
    claimed(lease, 3, "three", 10);
    Optional<Settlement> later = settlement(lease);
    claimed(lease, 2, "two", 10);

    assertThat(first).isEqualTo(new Settlement(0, 30, List.of(vanished(1, 3, 30)), 0));
    assertThat(late).contains(new Settlement(0, -10, List.of(vanished(2, 3, 20)), 0));
    assertThat(later).contains(new Settlement(0, -10, List.of(vanished(2, 2, 10)), 0));
    assertThat(settlement(lease)).contains(new Settlement(0, -10, List.of(), 0));
  }

  @Test
  void settlement_afterALateRowThatWasTakenOutOfTheLosses_takesItOutOnce() {
    Lease lease = own();
    move(lease, record(2, 20));
    claimed(lease, 1, "one", 10);
    long removed = committed(lease, tx -> tx.removeLosses(epoch, List.of(1L)));

    assertThat(removed).isEqualTo(10);
    assertThat(settlement(lease)).contains(new Settlement(0, 0, List.of(vanished(2, 2, 10)), 0));
  }

  @Test
  void settlement_afterALateLoss_believesTheLog() {
    Lease lease = own();
    move(lease, record(2, 20));
    long added = committed(lease, tx -> tx.addLosses(epoch, losses(loss(1, 1, 10))));

    Optional<Settlement> late = settlement(lease);

    assertThat(late.map(Settlement::vanished)).contains(List.of(vanished(2, 2, 10)));
    assertThat(added + late.orElseThrow().lost()).isZero();
  }

  /** As when the record of the loss comes behind the last word, and names just what is missing. */
  @Test
  void addLosses_ofWhatWasTakenForVanished_takeItsPlace() {
    Lease lease = own();
    move(lease, record(2, 20));
    long added = committed(lease, tx -> tx.addLosses(epoch, losses(loss(1, 2, 20))));

    assertThat(added).isZero();
    assertThat(settlement(lease)).contains(new Settlement(0, 0, List.of(), 0));
  }

  @Test
  void addMove_ofLogsThatShareWhatVanished_namesItOnce() {
    Lease lease = own();
    claimed(lease, 4, "of one", 10);
    move(lease, record(4, 40));
    Settlement both = move(lease, record(5, 52, new MovedRecord.Entry(4, 5, 22)));

    assertThat(both).isEqualTo(new Settlement(22, 0, List.of(vanished(1, 3, 30)), 0));
  }

  /**
   * As when a log met a row that a restored database lacks, and its twin came after the restore.
   */
  @Test
  void addMove_ofASeqThatATwinAloneCarriedOver_namesItAllTheSame() {
    Lease lease = own();
    EpochId twin = TestBatches.freshEpoch(agent);
    CopiedBatch.Origin origin = new CopiedBatch.Origin(new BatchId(epoch, 2), hash("two"));
    LedgerClaim copy =
        new LedgerClaim(new BatchId(twin, 1), hash("copy"), 10, 10, Optional.of(origin));
    claimed(lease, 1, "one", 10);
    commit(lease, tx -> tx.claim(List.of(copy)));
    MovedRecord word = record(2, 20, new MovedRecord.Entry(2, 2, 10));
    commit(lease, tx -> tx.addMove(epoch, twin, word));

    Settlement both = move(lease, record(2, 20));

    assertThat(both).isEqualTo(new Settlement(0, 10, List.of(vanished(2, 2, 10)), 0));
  }

  @Test
  void addMove_whereNoSeqIsMissing_tellsTheDifference() {
    Lease lease = own();
    claimed(lease, 1, "one", 10);
    Settlement more = move(lease, record(1, 12));
    Settlement less = move(lease, record(1, 5, new MovedRecord.Entry(1, 1, 9)));

    assertThat(more).isEqualTo(new Settlement(0, 0, List.of(), 2));
    assertThat(less).isEqualTo(new Settlement(9, 0, List.of(), -2));
  }

  @Test
  void addMove_ofSeveralLogs_addsUp() {
    Lease lease = own();
    EpochId other = TestBatches.freshEpoch();
    MovedRecord one = record(2, 20, new MovedRecord.Entry(1, 2, 20));
    commit(lease, tx -> tx.addMove(other, TestBatches.freshEpoch(other.agent()), one));

    move(lease, one);
    move(lease, record(0, 0));
    Settlement all = move(lease, record(1, 5, new MovedRecord.Entry(1, 1, 7)));

    assertThat(all).isEqualTo(new Settlement(7, 0, List.of(), -2));
  }

  private Settlement move(Lease lease, MovedRecord record) {
    return committed(lease, tx -> tx.addMove(epoch, TestBatches.freshEpoch(agent), record));
  }

  private Optional<Settlement> settlement(Lease lease) {
    return committed(lease, tx -> tx.settlement(epoch));
  }

  private void claimed(Lease lease, long seq, String content, long samples) {
    commit(lease, tx -> tx.claim(List.of(claim(new BatchId(epoch, seq), content, samples))));
  }

  private void lose(Lease lease, LossRecord.Entry... entries) {
    commit(lease, tx -> tx.addLosses(epoch, losses(entries)));
  }

  private MovedRecord record(long lastSeq, long samples, MovedRecord.Entry... moved) {
    return new MovedRecord(epoch.epoch(), lastSeq, samples, List.of(moved), List.of());
  }

  private static LossRecord losses(LossRecord.Entry... entries) {
    return new LossRecord(List.of(entries));
  }

  private static LossRecord.Entry loss(long from, long to, long samples) {
    return new LossRecord.Entry(from, to, samples, LossReason.CORRUPT);
  }

  private static LossRecord.Entry vanished(long from, long to, long samples) {
    return new LossRecord.Entry(from, to, samples, LossReason.VANISHED);
  }
}
