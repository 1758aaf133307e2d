package dev.sentinelj.application.worker;

import dev.sentinelj.application.worker.PullItem.Believed;
import dev.sentinelj.core.batch.LossReason;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.batch.MovedRecord;
import dev.sentinelj.core.progress.Balance;
import dev.sentinelj.core.progress.Counts;
import dev.sentinelj.core.progress.EpochProgress;
import dev.sentinelj.core.progress.SeqRanges;
import dev.sentinelj.ports.driven.PartitionTransaction.Collected;
import dev.sentinelj.ports.driven.PartitionTransaction.Settlement;
import java.util.ArrayList;
import java.util.List;

/** One locked epoch while a transaction adds to it. */
final class Ledgered {
  /**
   * Most ranges of committed seqs of an epoch: every transaction that adds to it reads and writes
   * them all.
   */
  static final int MAX_RANGES = 10_000;

  final EpochProgress start;
  private final SeqRanges committed;
  private SeqRanges expected;
  private final List<Long> wereLost = new ArrayList<>();
  private Balance balance;
  private boolean tornNamed;
  private boolean closed;
  private boolean forked;
  private boolean counted;
  private boolean changed;

  Ledgered(EpochProgress start) {
    this.start = start;
    this.committed = start.committed();
    this.expected = committed.copy();
    this.balance = start.balance();
    this.closed = start.closed();
    this.forked = start.forked();
  }

  /** Whether a batch finds room; if so it counts as expected. What fills a gap always does. */
  boolean takes(long seq) {
    boolean room = expected.count() < MAX_RANGES || !expected.opens(seq, seq);
    if (room) {
      expected.add(seq);
    }
    return room;
  }

  /** The same of the seqs that a loss record names. */
  boolean takes(LossRecord losses) {
    SeqRanges with = expected.copy();
    losses.entries().forEach(entry -> with.add(entry.from(), entry.to()));
    boolean room = with.count() <= MAX_RANGES || with.count() <= expected.count();
    if (room) {
      expected = with;
    }
    return room;
  }

  /**
   * A batch has a ledger row now. One that was committed without a row was named by a loss.
   *
   * @param samples what became of its samples
   */
  void enter(Believed batch, Balance samples) {
    long seq = batch.id().seq();
    if (committed.contains(seq)) {
      wereLost.add(seq);
    }
    committed.add(seq);
    balance = balance.plus(samples);
    balance = balance.plus(Balance.ZERO.withCollected(batch.row().batch().header().sampleTo()));
    counted = true;
    changed = true;
  }

  /**
   * A batch that was kept aside had its effect after all.
   *
   * @param aside samples of it that counted as kept aside
   */
  void replay(long aside, Balance became) {
    balance = balance.plus(became).plus(Balance.ZERO.withQuarantined(-aside));
    changed = true;
  }

  /**
   * @param lost the samples that count as lost by it
   */
  void lose(LossRecord record, long lost) {
    for (LossRecord.Entry entry : record.entries()) {
      committed.add(entry.from(), entry.to());
      tornNamed |= entry.reason() == LossReason.TORN;
    }
    balance = balance.plus(Balance.ZERO.withLost(lost));
    counted = true;
    changed = true;
  }

  /**
   * @param noLongerLost the samples of {@link #wereLost} that counted as lost
   */
  void beat(long noLongerLost) {
    balance = balance.plus(Balance.ZERO.withLost(-noLongerLost));
    changed = true;
  }

  /**
   * A log said its last word on this epoch. Two logs may have shared it, so the greatest count of
   * samples means nothing any more: what is collected is what became of the samples, and what the
   * logs miss. Contents that came in elsewhere before they came here stay counted as moved.
   */
  void settle(MovedRecord record, Settlement all) {
    record.moved().forEach(entry -> committed.add(entry.from(), entry.to()));
    closed = true;
    settle(all);
  }

  /** Rows or losses came behind the last word of a log. */
  boolean needsSettlement() {
    return start.closed() && counted;
  }

  void settle(Settlement all) {
    Balance became = balance.plus(Balance.ZERO.withLost(all.lost()).withMoved(all.moved()));
    balance = became.withCollected(Counts.plus(became.explained(), all.difference()));
    all.vanished().forEach(entry -> committed.add(entry.from(), entry.to()));
    changed = true;
  }

  /**
   * Whether a row and a torn loss may have met, so that the greatest count of samples is not what
   * was collected. In a closed epoch {@link #settle} has the last word.
   */
  boolean needsRecount() {
    return !closed && (tornNamed || !wereLost.isEmpty());
  }

  void recount(Collected counted) {
    balance = balance.recounted(counted.greatest(), counted.torn());
  }

  void markForked() {
    forked = true;
    changed = true;
  }

  /** The word on the epoch changed, although nothing was added to it. */
  void touch() {
    changed = true;
  }

  boolean changed() {
    return changed;
  }

  /** The seqs that are entered now and that a loss had named. */
  List<Long> wereLost() {
    return wereLost;
  }

  EpochProgress end() {
    EpochProgress end = start.with(committed, balance);
    end = closed ? end.withClosed() : end;
    return forked ? end.withFork() : end;
  }
}
