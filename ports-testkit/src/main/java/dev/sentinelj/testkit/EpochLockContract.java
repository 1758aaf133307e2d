package dev.sentinelj.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.progress.Balance;
import dev.sentinelj.core.progress.EpochProgress;
import dev.sentinelj.ports.driven.PartitionStore;
import dev.sentinelj.ports.driven.PartitionStore.Lease;
import dev.sentinelj.ports.driven.PartitionStore.Outcome;
import dev.sentinelj.ports.driven.PartitionTransaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What the locks on epochs keep apart. */
public abstract class EpochLockContract extends StoreContract {
  private static final int ROUNDS = 20;

  private final EpochId epoch = TestBatches.freshEpoch();

  @Test
  void transactionsOfTwoPartitions_loseNoUpdateOfOneEpoch() {
    List<CompletableFuture<Void>> writers = new ArrayList<>();
    for (int writer = 0; writer < 2; writer++) {
      Lease lease = own();
      writers.add(CompletableFuture.runAsync(() -> count(lease)));
    }

    writers.forEach(Stages::await);

    assertThat(stored()).isEqualTo(2 * ROUNDS);
  }

  @Test
  void repair_whileTheOwnerHoldsTheEpoch_waitsForIt() {
    if (!database().transactionsOverlap()) {
      return; // such a store runs one transaction at a time
    }
    List<CompletableFuture<Outcome>> repairs = new ArrayList<>();
    Lease lease = own();
    commit(lease, tx -> add(tx, epoch)); // else the other waits for the row, not for the lock

    commit(
        lease,
        tx -> {
          tx.lockEpochs(List.of(epoch));
          CompletableFuture<Outcome> repair =
              store().repair(lease.partition(), late -> add(late, epoch)).toCompletableFuture();
          repairs.add(repair);
          Stages.await(feed().deleted()); // time for the other to come to the lock
          assertThat(repair).isNotDone();
          add(tx, epoch);
        });

    assertThat(Stages.await(repairs.getFirst())).isEqualTo(new Outcome.Committed());
    assertThat(stored()).isEqualTo(3);
  }

  /** Each transaction adds one, and does something else before it is done. */
  private void count(Lease lease) {
    PartitionStore strand = store();
    for (int i = 1; i <= ROUNDS; i++) {
      BatchId id = new BatchId(TestBatches.freshEpoch(), i);
      Outcome outcome =
          Stages.await(
              strand.transact(
                  lease,
                  tx -> {
                    Map<EpochId, EpochProgress> before = tx.lockEpochs(List.of(epoch));
                    tx.claim(List.of(claim(id, "other", 1)));
                    tx.saveProgress(
                        before.values().stream().map(EpochLockContract::plusOne).toList());
                  }));
      assertThat(outcome).isEqualTo(new Outcome.Committed());
    }
  }

  private static void add(PartitionTransaction tx, EpochId to) {
    EpochProgress before = tx.lockEpochs(List.of(to)).values().iterator().next();
    tx.saveProgress(List.of(plusOne(before)));
  }

  private static EpochProgress plusOne(EpochProgress before) {
    Balance balance = before.balance();
    return before.with(before.committed(), balance.withStored(balance.stored() + 1));
  }

  private long stored() {
    return queries().balance(epoch.agent()).getFirst().balance().stored();
  }
}
