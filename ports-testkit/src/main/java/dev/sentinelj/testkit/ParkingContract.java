package dev.sentinelj.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.ports.driven.PartitionStore.Lease;
import dev.sentinelj.ports.driven.PartitionTransaction;
import dev.sentinelj.ports.driven.PartitionTransaction.JournalRow;
import dev.sentinelj.ports.driven.PartitionTransaction.ParkedBatch;
import dev.sentinelj.ports.driven.PartitionTransaction.Portion;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How batches wait for their series set, in every partition transaction. */
public abstract class ParkingContract extends StoreContract {
  private static final Sha256 SET = hash("a set");
  private static final Sha256 OTHER_SET = hash("another set");
  private static final long CELLS = 12;
  private static final Portion ALL = new Portion(100, Long.MAX_VALUE / 2, Long.MAX_VALUE / 2);

  private final EpochId epoch = TestBatches.freshEpoch();
  private final AgentId agent = epoch.agent();

  @Test
  void unpark_givesBackInTheOrderOfParking() {
    Lease lease = own();
    commit(
        lease,
        tx -> {
          tx.park(parked(epoch, SET, 5, 10));
          tx.park(parked(epoch, SET, 2, 10));
        });
    commit(lease, tx -> tx.park(parked(epoch, SET, 3, 10)));

    assertThat(unparked(lease, agent, SET))
        .extracting(ParkingContract::seq)
        .containsExactly(5L, 2L, 3L);
    assertThat(unparked(lease, agent, SET)).isEmpty();
  }

  @Test
  void unpark_givesBackEverything() {
    Lease lease = own();
    ParkedBatch parked = parked(epoch, SET, 4, 1_000);
    commit(lease, tx -> tx.park(parked));

    ParkedBatch back = unparked(lease, agent, SET).getFirst();

    JournalRow before = parked.row();
    JournalRow after = back.row();
    assertThat(back.missingSet()).isEqualTo(SET);
    assertThat(back.receivedAtMillis()).isEqualTo(parked.receivedAtMillis());
    assertThat(back.cells()).isEqualTo(parked.cells());
    assertThat(after.lane()).isEqualTo(before.lane());
    assertThat(after.position()).isEqualTo(before.position());
    assertThat(after.index()).isEqualTo(before.index());
    assertThat(after.attempt()).isEqualTo(before.attempt());
    assertThat(after.sentAtMillis()).isEqualTo(before.sentAtMillis());
    assertThat(after.lastTickSecond()).isEqualTo(before.lastTickSecond());
    assertThat(after.batch().headerBytes()).isEqualTo(before.batch().headerBytes());
    assertThat(after.batch().body()).isEqualTo(before.batch().body());
    assertThat(after.batch().contentKey()).isEqualTo(before.batch().contentKey());
    assertThat(after.batch().contentMac()).isEqualTo(before.batch().contentMac());
  }

  @Test
  void unpark_leavesOtherSetsAndAgentsAlone() {
    Lease lease = own();
    EpochId other = TestBatches.freshEpoch();
    commit(
        lease,
        tx -> {
          tx.park(parked(epoch, SET, 1, 10));
          tx.park(parked(epoch, OTHER_SET, 2, 10));
          tx.park(parked(other, SET, 3, 10));
        });

    assertThat(unparked(lease, agent, SET)).extracting(ParkingContract::seq).containsExactly(1L);
    assertThat(unparked(lease, agent, OTHER_SET))
        .extracting(ParkingContract::seq)
        .containsExactly(2L);
    assertThat(unparked(lease, other.agent(), SET))
        .extracting(ParkingContract::seq)
        .containsExactly(3L);
  }

  @Test
  void park_theSameBatchAgain_changesNothing() {
    Lease lease = own();
    commit(lease, tx -> tx.park(parked(epoch, SET, 1, 10)));

    assertThat(park(lease, parked(epoch, SET, 1, 10))).isTrue();
    assertThat(unparked(lease, agent, SET)).hasSize(1);
  }

  @Test
  void park_ofAnotherContentOrForAnotherSet_isAnotherBatch() {
    Lease lease = own();
    commit(lease, tx -> tx.park(parked(epoch, SET, 1, 10)));

    park(lease, parked(epoch, SET, 1, 11));
    park(lease, parked(epoch, OTHER_SET, 1, 10));

    assertThat(unparked(lease, agent, SET)).hasSize(2);
    assertThat(unparked(lease, agent, OTHER_SET)).hasSize(1);
  }

  @Test
  void unpark_inTheTransactionThatParked_seesIt() {
    List<ParkedBatch> back =
        committed(
            own(),
            tx -> {
              tx.park(parked(epoch, SET, 1, 10));
              return tx.unpark(agent, SET, ALL);
            });

    assertThat(back).hasSize(1);
  }

  @Test
  void park_beyondTheAgentsShare_isRefused() {
    Lease lease = own();
    int eighth = (int) (PartitionTransaction.MAX_PARKED_BYTES / 8);
    for (int seq = 1; seq <= 8; seq++) {
      ParkedBatch one = parked(epoch, SET, seq, eighth);
      assertThat(park(lease, one)).isTrue();
    }

    assertThat(park(lease, parked(epoch, SET, 9, 1))).isFalse();
    assertThat(park(lease, parked(epoch, SET, 8, eighth))).isTrue();
    assertThat(park(lease, parked(TestBatches.freshEpoch(), SET, 9, 1))).isTrue();

    assertThat(unparked(lease, agent, SET)).hasSize(8);
    assertThat(park(lease, parked(epoch, SET, 9, 1))).isTrue();
  }

  @Test
  void unparkBefore_givesBackWhatThisPartitionParkedBefore_inOrder() {
    Lease lease = own();
    Lease elsewhere = own();
    EpochId other = TestBatches.freshEpoch();
    commit(
        lease,
        tx -> {
          tx.park(parked(epoch, SET, 5, 10));
          tx.park(parked(other, OTHER_SET, 2, 10));
          tx.park(parked(epoch, SET, 3, 10));
        });
    commit(elsewhere, tx -> tx.park(parked(epoch, SET, 1, 10)));

    assertThat(unparkedBefore(lease, 9_005, 1)).containsExactly(2L);
    assertThat(unparkedBefore(lease, 9_005, 10)).containsExactly(3L);
    assertThat(unparkedBefore(lease, 9_005, 10)).isEmpty();
    assertThat(unparked(lease, agent, SET))
        .extracting(ParkingContract::seq)
        .containsExactly(5L, 1L);
  }

  @Test
  void unpark_aPortion_staysWithinItsLimitsAndIsNeverEmpty() {
    Lease lease = own();
    commit(
        lease,
        tx -> {
          for (int seq = 1; seq <= 8; seq++) {
            tx.park(parked(epoch, SET, seq, 10));
          }
        });

    assertThat(portion(lease, new Portion(2, 1_000, 1_000))).containsExactly(1L, 2L);
    assertThat(portion(lease, new Portion(9, 25, 1_000))).containsExactly(3L, 4L);
    assertThat(portion(lease, new Portion(9, 1_000, 2 * CELLS))).containsExactly(5L, 6L);
    assertThat(portion(lease, new Portion(9, 1, 1))).containsExactly(7L);
    assertThat(portion(lease, ALL)).containsExactly(8L);
  }

  @Test
  void park_moreBatchesThanAnAgentMay_isRefused() {
    Lease lease = own();
    commit(
        lease,
        tx -> {
          for (int seq = 1; seq <= PartitionTransaction.MAX_PARKED; seq++) {
            assertThat(tx.park(parked(epoch, SET, seq, 0))).isTrue();
          }
        });

    assertThat(park(lease, parked(epoch, SET, 20_000, 0))).isFalse();
    assertThat(park(lease, parked(epoch, SET, 1, 0))).isTrue();

    assertThat(portion(lease, new Portion(1, 1, 1))).containsExactly(1L);
    assertThat(park(lease, parked(epoch, SET, 20_000, 0))).isTrue();
  }

  @Test
  void unparkKnown_givesBackWhatItsAgentBroughtTheSetOf_inOrder() {
    Lease lease = own();
    Lease elsewhere = own();
    EpochId other = TestBatches.freshEpoch();
    SeriesSet set = TestBatches.set("known");
    commit(
        lease,
        tx -> {
          tx.park(parked(epoch, set.hash(), 5, 10));
          tx.park(parked(epoch, OTHER_SET, 2, 10));
          tx.park(parked(epoch, set.hash(), 3, 10));
          tx.park(parked(other, set.hash(), 1, 10));
        });
    commit(elsewhere, tx -> tx.park(parked(epoch, set.hash(), 4, 10)));
    assertThat(known(lease, ALL)).isEmpty();
    commit(lease, tx -> assertThat(tx.addSet(agent, set)).isTrue());

    assertThat(known(lease, new Portion(1, 1_000, 1_000))).containsExactly(5L);
    assertThat(known(lease, ALL)).containsExactly(3L);
    assertThat(known(lease, ALL)).isEmpty();
    assertThat(known(elsewhere, ALL)).containsExactly(4L);
  }

  private List<Long> known(Lease lease, Portion most) {
    return committed(lease, tx -> seqs(tx.unparkKnown(most)));
  }

  private List<Long> portion(Lease lease, Portion most) {
    return committed(lease, tx -> seqs(tx.unpark(agent, SET, most)));
  }

  private static List<Long> seqs(List<ParkedBatch> batches) {
    return batches.stream().map(ParkingContract::seq).toList();
  }

  private List<Long> unparkedBefore(Lease lease, long receivedBeforeMillis, int limit) {
    Portion most = new Portion(limit, 1_000, 1_000);
    return committed(lease, tx -> seqs(tx.unparkBefore(receivedBeforeMillis, most)));
  }

  private boolean park(Lease lease, ParkedBatch batch) {
    return committed(lease, tx -> tx.park(batch));
  }

  private List<ParkedBatch> unparked(Lease lease, AgentId of, Sha256 set) {
    return committed(lease, tx -> tx.unpark(of, set, ALL));
  }

  private static long seq(ParkedBatch batch) {
    return batch.row().batch().id().seq();
  }

  private static ParkedBatch parked(EpochId epoch, Sha256 set, long seq, int bodyBytes) {
    return new ParkedBatch(
        set, 9_000 + seq, CELLS, journalRow(new BatchId(epoch, seq), seq, 2, bodyBytes));
  }
}
