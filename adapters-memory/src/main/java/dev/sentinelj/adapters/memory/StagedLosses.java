package dev.sentinelj.adapters.memory;

import dev.sentinelj.adapters.memory.Rows.LedgerRow;
import dev.sentinelj.adapters.memory.Rows.Loss;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.LossRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The losses of epochs as one transaction sees and changes them: a ledger row always beats a loss.
 */
final class StagedLosses {
  private final Table<EpochId, List<Loss>>.Staged losses;
  private final Table<BatchId, LedgerRow>.Staged ledger;

  StagedLosses(Table<EpochId, List<Loss>>.Staged losses, Table<BatchId, LedgerRow>.Staged ledger) {
    this.losses = losses;
    this.ledger = ledger;
  }

  long add(EpochId epoch, LossRecord record) {
    List<Loss> known = new ArrayList<>(losses.getOr(epoch, List.of()));
    long added = 0;
    for (LossRecord.Entry entry : record.entries()) {
      boolean again =
          known.stream()
              .map(Loss::entry)
              .anyMatch(other -> other.from() == entry.from() && other.to() == entry.to());
      if (!again) {
        Loss loss = new Loss(entry, uncontradicted(epoch, entry));
        known.add(loss);
        added += loss.counted();
      }
    }
    losses.put(epoch, List.copyOf(known));
    return added;
  }

  long remove(EpochId epoch, Collection<Long> seqs) {
    List<Loss> changed = new ArrayList<>();
    long removed = 0;
    for (Loss loss : losses.getOr(epoch, List.of())) {
      LossRecord.Entry entry = loss.entry();
      boolean named = seqs.stream().anyMatch(seq -> entry.from() <= seq && seq <= entry.to());
      Loss now = named ? new Loss(entry, uncontradicted(epoch, entry)) : loss;
      removed += loss.counted() - now.counted();
      changed.add(now);
    }
    losses.put(epoch, List.copyOf(changed));
    return removed;
  }

  void apply() {
    losses.apply();
  }

  private long uncontradicted(EpochId epoch, LossRecord.Entry entry) {
    BatchId from = new BatchId(epoch, entry.from());
    BatchId to = new BatchId(epoch, entry.to());
    long left = entry.samples();
    for (LedgerRow row : ledger.between(from, to)) {
      left = Math.max(0, left - row.samples());
    }
    return left;
  }
}
