package dev.sentinelj.application.simulation;

import dev.sentinelj.application.simulation.Broken.Promise;
import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.ports.driven.BusPosition;
import dev.sentinelj.ports.driven.PartitionStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Notes what each committed transaction added, in the order of the commits. */
final class WatchedStore {
  private final Plant plant;
  private final Map<Integer, Map<Long, List<Book.Cell>>> fresh = new TreeMap<>();
  private @Nullable WatchedTransaction pending;
  private long commitsBefore;

  WatchedStore(Plant plant) {
    this.plant = plant;
  }

  PartitionStore over(PartitionStore store) {
    return new Watched(store);
  }

  /** Samples of the fresh lane by partition and series, in the order they were committed. */
  Map<Integer, Map<Long, List<Book.Cell>>> fresh() {
    settle();
    return fresh;
  }

  private void begin(WatchedTransaction transaction) {
    settle();
    pending = transaction;
    commitsBefore = plant.database().commits();
  }

  /** Scripts run one after another, so the number of commits tells what became of the last one. */
  private void settle() {
    WatchedTransaction last = pending;
    pending = null;
    if (last != null && plant.database().commits() > commitsBefore) {
      Map<Long, List<Book.Cell>> series =
          fresh.computeIfAbsent(last.partition(), _ -> new HashMap<>());
      Map<Sha256, Lane> lanes = last.lanes();
      last.added()
          .forEach(one -> {
            Sha256 batch = plant.book().batchOf(one.cell().value()).contentHash();
            if (lanes.get(batch) == Lane.FRESH) {
              series.computeIfAbsent(one.series(), _ -> new ArrayList<>()).add(one.cell());
            }
          });
    }
  }

  private final class Watched implements PartitionStore {
    private final PartitionStore store;

    Watched(PartitionStore store) {
      this.store = store;
    }

    @Override
    public CompletionStage<LeaseAnswer> lease(int partition, String owner, Optional<Lease> held) {
      return store.lease(partition, owner, held);
    }

    @Override
    public CompletionStage<Void> release(Lease lease) {
      return store.release(lease);
    }

    @Override
    public CompletionStage<Map<Lane, BusPosition>> positions(Lease lease) {
      return store.positions(lease);
    }

    @Override
    public CompletionStage<Map<Lane, LaneState>> begin(Lease lease) {
      return store.begin(lease);
    }

    @Override
    public CompletionStage<Void> noteTry(Lease lease, Lane lane, BatchTry next) {
      return store.noteTry(lease, lane, next);
    }

    @Override
    public CompletionStage<Outcome> transact(Lease lease, Script script) {
      AtomicReference<@Nullable Script> moved = new AtomicReference<>();
      CompletionStage<Outcome> data =
          store
              .transact(
                  lease,
                  tx -> {
                    WatchedTransaction watched =
                        new WatchedTransaction(plant, lease.partition(), tx);
                    plant.watch(() -> WatchedStore.this.begin(watched));
                    script.run(watched);
                    moved.set(watched.moveLater());
                  })
              .whenComplete((outcome, _) -> plant.watch(() -> requireNoFault(outcome)));
      return plant.sabotage() == Sabotage.POSITION_OUTSIDE_TRANSACTION
          ? data.handle((outcome, failure) -> moveApart(lease, moved.get(), outcome, failure))
              .thenCompose(later -> later)
          : data;
    }

    @Override
    public CompletionStage<Outcome> repair(int partition, Script script) {
      return store.repair(partition, script);
    }

    /** What the agents of a simulation send can be stored; a script that fails has a fault. */
    private static void requireNoFault(@Nullable Outcome outcome) {
      if (outcome instanceof Outcome.RolledBack(var kind, String message)) {
        Broken.unless(
            kind == FailureKind.TRANSIENT, Promise.NOTHING_UNEXPECTED, () -> kind + ": " + message);
      }
    }

    private CompletionStage<Outcome> moveApart(
        Lease lease,
        @Nullable Script move,
        @Nullable Outcome outcome,
        @Nullable Throwable failure) {
      CompletionStage<Outcome> answer =
          outcome != null
              ? CompletableFuture.completedFuture(outcome)
              : CompletableFuture.failedFuture(
                  failure == null ? new IllegalStateException("no outcome") : failure);
      return move == null
          ? answer
          : store.transact(lease, move).handle((_, _) -> answer).thenCompose(later -> later);
    }
  }
}
