package dev.sentinelj.application.worker;

import dev.sentinelj.application.worker.PullItem.Believed;
import dev.sentinelj.application.worker.PullItem.Content;
import dev.sentinelj.core.batch.EpochId;
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

  /** Locks every epoch that one of {@code batches} has an effect on. */
  void lock(PartitionTransaction tx, Collection<Believed> batches) {
    Set<EpochId> missing = new LinkedHashSet<>();
    batches.forEach(batch -> missing.addAll(batch.epochs()));
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
