package dev.sentinelj.adapters.memory;

import dev.sentinelj.adapters.memory.Rows.LedgerRow;
import dev.sentinelj.adapters.memory.Rows.MoveKey;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.batch.MovedRecord;
import dev.sentinelj.core.progress.Counts;
import dev.sentinelj.core.progress.SeqRanges;
import dev.sentinelj.core.progress.VanishedSeqs;
import dev.sentinelj.ports.driven.PartitionTransaction.Collected;
import dev.sentinelj.ports.driven.PartitionTransaction.Settlement;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What agents counted in epochs, as one transaction sees it. */
final class StagedMoves {
  private final Table<MoveKey, MovedRecord>.Staged moves;
  private final Table<BatchId, LedgerRow>.Staged ledger;
  private final StagedLosses losses;

  StagedMoves(
      Table<MoveKey, MovedRecord>.Staged moves,
      Table<BatchId, LedgerRow>.Staged ledger,
      StagedLosses losses) {
    this.moves = moves;
    this.ledger = ledger;
    this.losses = losses;
  }

  void apply() {
    moves.apply();
  }

  Settlement add(EpochId closed, EpochId into, MovedRecord record) {
    MoveKey key = new MoveKey(closed, into);
    boolean known = moves.get(key) != null;
    if (!known) {
      moves.put(key, record);
    }
    return settled(closed, known ? 0 : record.movedSamples());
  }

  Optional<Settlement> settlement(EpochId closed) {
    return words(closed).isEmpty() ? Optional.empty() : Optional.of(settled(closed, 0));
  }

  Collected collected(EpochId epoch) {
    SeqRanges torn = losses.torn(epoch);
    long greatest = 0;
    long inTorn = 0;
    for (LedgerRow row : rows(epoch, Long.MAX_VALUE)) {
      if (torn.contains(row.id().seq())) {
        inTorn = Counts.plus(inTorn, row.samples());
      } else {
        greatest = row.sampleTo();
      }
    }
    return new Collected(greatest, inTorn);
  }

  private Settlement settled(EpochId closed, long moved) {
    List<MovedRecord> words = words(closed);
    long before = losses.total(closed);
    losses.forgetVanished(closed);
    SeqRanges rows = new SeqRanges();
    rows(closed, Long.MAX_VALUE).forEach(row -> rows.add(row.id().seq()));
    List<LossRecord.Entry> vanished =
        VanishedSeqs.of(
            words.stream().map(one -> new VanishedSeqs.Word(one, difference(closed, one))).toList(),
            rows,
            losses.entries(closed));
    losses.enter(closed, vanished);
    long lost = Counts.minus(losses.total(closed), before);
    long difference = Counts.sum(words.stream().mapToLong(one -> difference(closed, one)));
    return new Settlement(moved, lost, vanished, difference);
  }

  private List<MovedRecord> words(EpochId closed) {
    return moves.all().entrySet().stream()
        .filter(one -> one.getKey().closed().equals(closed))
        .map(Map.Entry::getValue)
        .toList();
  }

  private Collection<LedgerRow> rows(EpochId epoch, long lastSeq) {
    return lastSeq == 0
        ? List.of()
        : ledger.between(new BatchId(epoch, 1), new BatchId(epoch, lastSeq));
  }

  private long difference(EpochId closed, MovedRecord record) {
    SeqRanges moved = new SeqRanges();
    record.moved().forEach(entry -> moved.add(entry.from(), entry.to()));
    long explained = Counts.plus(record.movedSamples(), losses.counted(closed, record));
    for (LedgerRow row : rows(closed, record.lastSeq())) {
      explained = Counts.plus(explained, moved.contains(row.id().seq()) ? 0 : row.samples());
    }
    return Counts.minus(record.samples(), explained);
  }
}
