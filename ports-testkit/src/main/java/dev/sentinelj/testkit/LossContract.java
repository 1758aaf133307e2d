package dev.sentinelj.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.LossReason;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.ports.driven.PartitionStore.Lease;
import dev.sentinelj.ports.driven.PartitionTransaction.LedgerClaim;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
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

  @Test
  void addLosses_thatEncloseEarlierOnes_countNothingTwice() {
    Lease lease = own();
    claimed(lease, 1, 10);
    assertThat(add(lease, entry(3, 4, 20))).isEqualTo(20);

    assertThat(add(lease, entry(1, 6, 60))).isEqualTo(30);
    assertThat(add(lease, entry(5, 5, 10))).isZero();

    claimed(lease, 3, 10);
    claimed(lease, 5, 10);
    claimed(lease, 6, 10);
    assertThat(remove(lease, 3L, 5L, 6L)).isEqualTo(30);
  }

  /** The running count that the wider loss was made from does not know the torn seq. */
  @Test
  void addLosses_aroundATornSeqThatWasCommitted_countTheOthersInFull() {
    Lease lease = own();
    claimed(lease, 2, 8);
    add(lease, new LossRecord.Entry(2, 2, 0, LossReason.TORN));

    assertThat(add(lease, entry(1, 3, 20))).isEqualTo(20);
    assertThat(remove(lease, 2L)).isZero();
    claimed(lease, 1, 10);
    assertThat(remove(lease, 1L)).isEqualTo(10);
  }

  /** A model that knows the samples of every seq, which the store does not. */
  @Test
  void losses_oneWithinTheOther_andRows_inAnyOrder_countEverySeqOnce() {
    for (long seed = 1; seed <= 12; seed++) {
      new Model(seed).run(own(), TestBatches.freshEpoch());
    }
  }

  private final class Model {
    private static final int SEQS = 24;
    private final long seed;
    private final SplittableRandom random;
    private final long[] samples = new long[SEQS + 1];
    private final boolean[] torn = new boolean[SEQS + 1];
    private final boolean[] known = new boolean[SEQS + 1]; // to be torn
    private final boolean[] named = new boolean[SEQS + 1];
    private final boolean[] rows = new boolean[SEQS + 1];
    private final List<LossRecord.Entry> entries = new ArrayList<>();

    Model(long seed) {
      this.seed = seed;
      this.random = new SplittableRandom(seed);
      for (int seq = 1; seq <= SEQS; seq++) {
        samples[seq] = random.nextInt(6);
        torn[seq] = random.nextInt(8) == 0;
      }
      for (int seq = 1; seq <= SEQS; seq++) {
        if (torn[seq]) {
          entries.add(new LossRecord.Entry(seq, seq, 0, LossReason.TORN));
        }
      }
      split(1, SEQS);
    }

    /** Ranges of which each lies within another or apart from it. */
    private void split(int from, int to) {
      boolean one = from == to && torn[from];
      if (!one && random.nextInt(3) > 0) {
        entries.add(entry(from, to, count(from, to)));
      }
      if (from < to) {
        int middle = random.nextInt(from, to);
        split(from, middle);
        split(middle + 1, to);
      }
    }

    private long count(int from, int to) {
      long sum = 0;
      for (int seq = from; seq <= to; seq++) {
        sum += torn[seq] ? 0 : samples[seq];
      }
      return sum;
    }

    private long lost() {
      long sum = 0;
      for (int seq = 1; seq <= SEQS; seq++) {
        sum += named[seq] && !rows[seq] && !torn[seq] ? samples[seq] : 0;
      }
      return sum;
    }

    /** Until then a row of a torn seq is taken for one that wider losses named. */
    private boolean allTornKnown() {
      return IntStream.rangeClosed(1, SEQS).noneMatch(seq -> torn[seq] && rows[seq] && !known[seq]);
    }

    void run(Lease lease, EpochId of) {
      long counted = 0;
      for (int step = 0; step < 30 || !entries.isEmpty(); step++) {
        int seq = random.nextInt(1, SEQS + 1);
        if ((step >= 30 || random.nextBoolean()) && !entries.isEmpty()) {
          LossRecord.Entry entry = entries.remove(random.nextInt(entries.size()));
          counted += committed(lease, tx -> tx.addLosses(of, new LossRecord(List.of(entry))));
          Arrays.fill(named, (int) entry.from(), (int) entry.to() + 1, true);
          known[(int) entry.from()] |= entry.reason() == LossReason.TORN;
        } else if (!rows[seq]) {
          rows[seq] = true;
          LedgerClaim claim = claim(new BatchId(of, seq), "row", samples[seq]);
          counted -=
              committed(
                  lease,
                  tx -> {
                    tx.claim(List.of(claim));
                    return named[seq] ? tx.removeLosses(of, List.of((long) seq)) : 0L;
                  });
        }
        if (allTornKnown()) {
          assertThat(counted).as("seed %d, step %d", seed, step).isEqualTo(lost());
        }
      }
    }
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
