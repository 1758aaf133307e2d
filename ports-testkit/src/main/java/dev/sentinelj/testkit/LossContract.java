package dev.sentinelj.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.LossReason;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.ports.driven.PartitionStore.Lease;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How many samples count as lost, in every partition transaction: a ledger row beats a loss. */
public abstract class LossContract extends StoreContract {
  private final EpochId epoch = TestBatches.freshEpoch();

  @Test
  void addLosses_countsTheSamplesOfEveryEntry() {
    assertThat(add(own(), entry(1, 3, 30), entry(5, 5, 7), entry(6, 6, 0))).isEqualTo(37);
  }

  @Test
  void addLosses_ofTheSameRange_changesNothing() {
    Lease lease = own();
    add(lease, entry(1, 3, 30));

    assertThat(add(lease, entry(1, 3, 30), entry(4, 4, 5))).isEqualTo(5);
    assertThat(add(lease, entry(1, 3, 99))).isZero();
  }

  @Test
  void addLosses_leavesOutWhatTheLedgerHas() {
    Lease lease = own();
    claimed(lease, 2, 12);
    claimed(lease, 4, 100);

    assertThat(add(lease, entry(1, 3, 30))).isEqualTo(18);
  }

  @Test
  void addLosses_isNeverLessThanNothing() {
    Lease lease = own();
    claimed(lease, 1, 50);

    assertThat(add(lease, entry(1, 2, 30))).isZero();
  }

  @Test
  void addLosses_whereRowsClaimMoreThanALong_isNothing() {
    Lease lease = own();
    claimed(lease, 1, Long.MAX_VALUE);
    claimed(lease, 2, Long.MAX_VALUE);

    assertThat(add(lease, entry(1, 3, 30))).isZero();
  }

  @Test
  void addLosses_ofAnotherEpoch_areItsOwn() {
    Lease lease = own();
    EpochId other = TestBatches.freshEpoch(epoch.agent());
    claimed(lease, 1, 30);
    LossRecord losses = new LossRecord(List.of(entry(1, 1, 30)));
    long added = committed(lease, tx -> tx.addLosses(other, losses));

    assertThat(added).isEqualTo(30);
  }

  @Test
  void removeLosses_takesOutWhatTheLedgerHasNow() {
    Lease lease = own();
    add(lease, entry(1, 3, 30), entry(7, 7, 4));
    claimed(lease, 2, 12);

    assertThat(remove(lease, 2L)).isEqualTo(12);
    assertThat(remove(lease, 2L)).isZero();

    claimed(lease, 1, 10);
    claimed(lease, 3, 10);
    assertThat(remove(lease, 1L, 2L, 3L)).isEqualTo(18);
  }

  @Test
  void removeLosses_inTheTransactionThatClaims_seesTheClaim() {
    Lease lease = own();
    add(lease, entry(1, 1, 30));

    long removed =
        committed(
            lease,
            tx -> {
              tx.claim(List.of(claim(new BatchId(epoch, 1), "late", 30)));
              return tx.removeLosses(epoch, List.of(1L));
            });

    assertThat(removed).isEqualTo(30);
  }

  @Test
  void removeLosses_ofSeqsThatAreNotLostOrHaveNoRow_changesNothing() {
    Lease lease = own();
    add(lease, entry(1, 3, 30));
    claimed(lease, 9, 5);

    assertThat(remove(lease, 2L, 9L)).isZero();
    assertThat(remove(lease)).isZero();
  }

  @Test
  void removeLosses_thenTheSameLossAgain_staysRemoved() {
    Lease lease = own();
    add(lease, entry(1, 1, 30));
    claimed(lease, 1, 30);
    remove(lease, 1L);

    assertThat(add(lease, entry(1, 1, 30))).isZero();
  }

  private static LossRecord.Entry entry(long from, long to, long samples) {
    return new LossRecord.Entry(from, to, samples, LossReason.DROPPED);
  }

  private long add(Lease lease, LossRecord.Entry... entries) {
    LossRecord losses = new LossRecord(List.of(entries));
    return committed(lease, tx -> tx.addLosses(epoch, losses));
  }

  private long remove(Lease lease, Long... seqs) {
    return committed(lease, tx -> tx.removeLosses(epoch, List.of(seqs)));
  }

  private void claimed(Lease lease, long seq, long samples) {
    commit(lease, tx -> tx.claim(List.of(claim(new BatchId(epoch, seq), "row", samples))));
  }
}
