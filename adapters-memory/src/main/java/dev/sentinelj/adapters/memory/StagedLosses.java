package dev.sentinelj.adapters.memory;

import dev.sentinelj.adapters.memory.Rows.LedgerRow;
import dev.sentinelj.adapters.memory.Rows.Loss;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.LossReason;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.batch.MovedRecord;
import dev.sentinelj.core.progress.Counts;
import dev.sentinelj.core.progress.LostArea;
import dev.sentinelj.core.progress.SeqRanges;
import dev.sentinelj.core.progress.SeqRanges.Range;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The losses of epochs as one transaction sees and changes them: a ledger row always beats a loss,
 * and a seq named by several losses counts once.
 */
final class StagedLosses {
  private final Table<EpochId, List<Loss>>.Staged losses;
  private final Table<BatchId, LedgerRow>.Staged ledger;

  StagedLosses(Table<EpochId, List<Loss>>.Staged losses, Table<BatchId, LedgerRow>.Staged ledger) {
    this.losses = losses;
    this.ledger = ledger;
  }

  long add(EpochId epoch, List<LossRecord.Entry> entries) {
    long before = total(epoch);
    forgetVanished(epoch);
    enter(epoch, entries);
    return Counts.minus(total(epoch), before);
  }

  void enter(EpochId epoch, List<LossRecord.Entry> entries) {
    for (LossRecord.Entry entry : entries) {
      List<Loss> known = new ArrayList<>(of(epoch));
      if (known.stream().noneMatch(loss -> sameRange(loss.entry(), entry))) {
        known.add(new Loss(entry, counted(epoch, entry)));
        losses.put(epoch, List.copyOf(known));
        recountAround(epoch, entry);
      }
    }
  }

  long remove(EpochId epoch, Collection<Long> seqs) {
    long before = total(epoch);
    for (long seq : seqs) {
      List<LossRecord.Entry> naming =
          counting(epoch).stream().filter(entry -> contains(entry, seq)).toList();
      LostArea.narrowest(naming).forEach(entry -> recount(epoch, entry));
    }
    return Counts.minus(before, total(epoch));
  }

  /** What the losses count that lie within the seqs of a log and apart from what it moved. */
  long counted(EpochId epoch, MovedRecord record) {
    return Counts.sum(
        of(epoch).stream()
            .filter(loss -> loss.entry().to() <= record.lastSeq())
            .filter(loss ->
                record.moved().stream()
                    .noneMatch(moved ->
                        moved.from() <= loss.entry().to() && loss.entry().from() <= moved.to()))
            .mapToLong(Loss::counted));
  }

  /** The store found these out by itself and finds them out anew. */
  void forgetVanished(EpochId epoch) {
    List<LossRecord.Entry> vanished = vanished(epoch);
    losses.put(epoch, of(epoch).stream().filter(loss -> !vanished.contains(loss.entry())).toList());
    vanished.forEach(entry -> recountAround(epoch, entry));
  }

  private List<LossRecord.Entry> vanished(EpochId epoch) {
    return entries(epoch).stream().filter(entry -> entry.reason() == LossReason.VANISHED).toList();
  }

  List<LossRecord.Entry> entries(EpochId epoch) {
    return of(epoch).stream().map(Loss::entry).toList();
  }

  SeqRanges torn(EpochId epoch) {
    SeqRanges torn = new SeqRanges();
    entries(epoch).stream()
        .filter(entry -> entry.reason() == LossReason.TORN)
        .forEach(entry -> torn.add(entry.from(), entry.to()));
    return torn;
  }

  void apply() {
    losses.apply();
  }

  private List<Loss> of(EpochId epoch) {
    return losses.getOr(epoch, List.of());
  }

  long total(EpochId epoch) {
    return Counts.sum(of(epoch).stream().mapToLong(Loss::counted));
  }

  private List<LossRecord.Entry> counting(EpochId epoch) {
    return of(epoch).stream()
        .filter(loss -> loss.counted() > 0 || loss.entry().reason() == LossReason.TORN)
        .map(Loss::entry)
        .toList();
  }

  private void recountAround(EpochId epoch, LossRecord.Entry entry) {
    List<LossRecord.Entry> around =
        of(epoch).stream()
            .map(Loss::entry)
            .filter(other -> LostArea.encloses(other, entry))
            .toList();
    LostArea.narrowest(around).forEach(other -> recount(epoch, other));
  }

  /** Around a loss that counts nothing, before or now, the next wider one answers for its seqs. */
  private void recount(EpochId epoch, LossRecord.Entry entry) {
    List<Loss> changed = new ArrayList<>();
    boolean passedOn = false;
    long now = counted(epoch, entry);
    for (Loss loss : of(epoch)) {
      boolean own = sameRange(loss.entry(), entry);
      passedOn |= own && (loss.counted() == 0 || now == 0);
      changed.add(own ? new Loss(entry, now) : loss);
    }
    losses.put(epoch, List.copyOf(changed));
    if (passedOn) {
      recountAround(epoch, entry);
    }
  }

  private long counted(EpochId epoch, LossRecord.Entry entry) {
    LostArea area = LostArea.of(entry, counting(epoch));
    long rows = 0;
    long samples = 0;
    for (Range range : area.ranges()) {
      BatchId from = new BatchId(epoch, range.from());
      for (LedgerRow row : ledger.between(from, new BatchId(epoch, range.to()))) {
        rows++;
        samples = Counts.plus(samples, row.samples());
      }
    }
    return area.counted(rows, samples);
  }

  private static boolean contains(LossRecord.Entry entry, long seq) {
    return entry.from() <= seq && seq <= entry.to();
  }

  private static boolean sameRange(LossRecord.Entry one, LossRecord.Entry other) {
    return one.from() == other.from() && one.to() == other.to();
  }
}
