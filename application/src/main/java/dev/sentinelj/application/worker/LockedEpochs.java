package dev.sentinelj.application.worker;

import dev.sentinelj.application.worker.PullItem.Believed;
import dev.sentinelj.application.worker.PullItem.Content;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.progress.EpochProgress;
import dev.sentinelj.ports.driven.PartitionTransaction;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The epochs that one transaction has locked and adds to. */
final class LockedEpochs {
  private final Map<EpochId, Ledgered> epochs = new LinkedHashMap<>();

  /** Locks every epoch that one of {@code items} has an effect on. */
  void lock(PartitionTransaction tx, Collection<? extends PullItem> items) {
    Set<EpochId> missing = new LinkedHashSet<>();
    items.forEach(item -> missing.addAll(item.epochs()));
    lock(tx, missing);
  }

  /** Locks an epoch that changes although no row is entered. */
  Ledgered lock(PartitionTransaction tx, EpochId epoch) {
    lock(tx, new LinkedHashSet<>(Set.of(epoch)));
    return of(epoch);
  }

  private void lock(PartitionTransaction tx, Set<EpochId> missing) {
    missing.removeAll(epochs.keySet());
    if (!missing.isEmpty()) {
      tx.lockEpochs(missing)
          .forEach((epoch, progress) -> epochs.put(epoch, new Ledgered(progress)));
    }
  }

  Ledgered of(EpochId id) {
    Ledgered known = epochs.get(id);
    if (known == null) {
      throw new IllegalStateException("not locked: " + id);
    }
    return known;
  }

  /**
   * Whether the epochs of a batch have room for it; if so it counts as expected. The last word on
   * an epoch needs none: it leaves no gap below its last seq.
   */
  boolean take(Believed one) {
    return of(one.id().epoch()).takes(one.id().seq())
        && (!(one.content() instanceof Content.Loss(EpochId of, LossRecord record))
            || of(of).takes(record));
  }

  /**
   * Gives losses and last words among {@code entered} their effect, once all rows of the
   * transaction are in the ledger and its batches in their epochs.
   */
  void settle(PartitionTransaction tx, List<Believed> entered) {
    beatLosses(tx);
    entered.forEach(one -> addLosses(tx, one));
    entered.forEach(one -> addMove(tx, one)); // behind all rows and losses: it looks at them
    epochs.forEach((id, epoch) -> {
      if (epoch.needsRecount()) {
        epoch.recount(tx.collected(id));
      }
      if (epoch.needsSettlement()) {
        tx.settlement(id).ifPresent(epoch::settle);
      }
    });
  }

  void save(PartitionTransaction tx) {
    List<EpochProgress> changed =
        epochs.values().stream().filter(Ledgered::changed).map(Ledgered::end).toList();
    if (!changed.isEmpty()) {
      tx.saveProgress(changed);
    }
  }

  /** A row beats a loss: what the losses had named and the ledger has now is lost no more. */
  private void beatLosses(PartitionTransaction tx) {
    epochs.forEach((id, epoch) -> {
      if (!epoch.wereLost().isEmpty()) {
        epoch.beat(tx.removeLosses(id, epoch.wereLost()));
      }
    });
  }

  private void addLosses(PartitionTransaction tx, Believed one) {
    if (one.content() instanceof Content.Loss loss) {
      of(loss.of()).lose(loss.record(), tx.addLosses(loss.of(), loss.record()));
    }
  }

  private void addMove(PartitionTransaction tx, Believed one) {
    if (one.content() instanceof Content.Moved moved) {
      Ledgered closed = of(moved.closed());
      moved.losses().forEach(losses -> closed.lose(losses, tx.addLosses(moved.closed(), losses)));
      closed.settle(moved.record(), tx.addMove(moved.closed(), moved.into(), moved.record()));
    }
  }
}
