package dev.sentinelj.application.agent;

import dev.sentinelj.core.batch.LossReason;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.batch.MovedRecord;
import dev.sentinelj.core.progress.SeqRanges;
import dev.sentinelj.ports.driven.BatchLog;
import java.util.ArrayList;
import java.util.List;

/** Gathers the last word on a log while its batches are carried over in order of seq. */
final class MovedRanges {
  private final int maxEntries;
  private final List<MovedRecord.Entry> entries = new ArrayList<>();

  MovedRanges(int maxEntries) {
    this.maxEntries = maxEntries;
  }

  /** How many further ranges fit; where none does everything has to be carried over. */
  int room() {
    return maxEntries - entries.size();
  }

  /** Seqs ascend from call to call. */
  void add(long seq, long samples) {
    MovedRecord.Entry last = entries.isEmpty() ? null : entries.getLast();
    if (last != null && (last.to() + 1 == seq || room() == 0)) {
      entries.removeLast();
      entries.add(new MovedRecord.Entry(last.from(), seq, last.samples() + samples));
    } else {
      entries.add(new MovedRecord.Entry(seq, seq, samples));
    }
  }

  /** The last word on {@code log}, to which nothing is appended any more. */
  MovedRecord of(BatchLog log) {
    return new MovedRecord(
        log.epoch(),
        log.nextSeq() - 1,
        log.sampleCount(),
        with(log.everTorn()),
        unnamedLosses(log));
  }

  /** Another log of this epoch may have written where this one tore, and the ledger have it. */
  private List<MovedRecord.Entry> with(List<SeqRanges.Range> torn) {
    SeqRanges taken = new SeqRanges();
    entries.forEach(entry -> taken.add(entry.from(), entry.to()));
    List<MovedRecord.Entry> all = new ArrayList<>(entries);
    for (SeqRanges.Range range : torn) {
      for (long seq = range.from(); seq <= range.to() && all.size() < maxEntries; seq++) {
        if (!taken.contains(seq)) {
          all.add(new MovedRecord.Entry(seq, seq, 0));
        }
      }
    }
    all.sort((one, other) -> Long.compare(one.from(), other.from()));
    return all;
  }

  private List<LossRecord.Entry> unnamedLosses(BatchLog log) {
    List<LossRecord.Entry> lost = new ArrayList<>(log.damaged());
    for (SeqRanges.Range torn : log.everTorn()) {
      if (lost.stream().noneMatch(one -> one.from() <= torn.to() && torn.from() <= one.to())) {
        lost.add(new LossRecord.Entry(torn.from(), torn.to(), 0, LossReason.TORN));
      }
    }
    lost.sort((one, other) -> Long.compare(one.from(), other.from()));
    List<LossRecord.Entry> merged = new ArrayList<>();
    lost.forEach(one -> merge(merged, one));
    return merged;
  }

  private void merge(List<LossRecord.Entry> merged, LossRecord.Entry next) {
    LossRecord.Entry last = merged.isEmpty() ? null : merged.getLast();
    boolean joins =
        last != null
            && (merged.size() >= maxEntries
                || (last.to() + 1 == next.from() && last.reason() == next.reason()));
    if (last != null && joins) {
      merged.removeLast();
      merged.add(
          new LossRecord.Entry(
              last.from(),
              Math.max(last.to(), next.to()),
              last.samples() + next.samples(),
              last.reason()));
    } else {
      merged.add(next);
    }
  }
}
