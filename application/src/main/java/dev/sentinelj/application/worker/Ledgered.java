package dev.sentinelj.application.worker;

import dev.sentinelj.core.progress.Balance;
import dev.sentinelj.core.progress.EpochProgress;
import dev.sentinelj.core.progress.SeqRanges;
import java.util.ArrayList;
import java.util.List;

/** One locked epoch while a transaction adds to it. */
final class Ledgered {
  final EpochProgress start;
  private final SeqRanges committed;
  private final List<Long> wereLost = new ArrayList<>();
  private Balance balance;
  private boolean forked;
  private boolean changed;

  Ledgered(EpochProgress start) {
    this.start = start;
    this.committed = start.committed();
    this.balance = start.balance();
  }

  /** A seq has a ledger row now. One that was committed without a row was named by a loss. */
  void enter(long seq) {
    if (committed.contains(seq)) {
      wereLost.add(seq);
    }
    committed.add(seq);
    changed = true;
  }

  void lose(long from, long to) {
    committed.add(from, to);
    changed = true;
  }

  void add(Balance delta) {
    balance = balance.plus(delta);
    changed = true;
  }

  void markForked() {
    forked = true;
    changed = true;
  }

  boolean changed() {
    return changed;
  }

  List<Long> wereLost() {
    return wereLost;
  }

  EpochProgress end() {
    EpochProgress end = start.with(committed, balance);
    return forked ? end.withFork() : end;
  }
}
