package dev.sentinelj.core.progress;

import dev.sentinelj.core.batch.EpochId;
import java.util.List;

/**
 * What the database has of one epoch: one row, locked by every transaction that adds to it.
 *
 * @param through every seq from 1 to this has a ledger row or lies in a loss; 0 when 1 is missing
 * @param above further ranges above {@code through}, ascending and not adjacent
 * @param closed whether its logs were told to go on elsewhere: only what was under way still comes
 *     in
 * @param forked whether the ledger once met another hash under a known id
 */
public record EpochProgress(
    EpochId epoch,
    long through,
    List<SeqRanges.Range> above,
    Balance balance,
    boolean closed,
    boolean forked) {
  public EpochProgress {
    above = List.copyOf(above);
  }

  public static EpochProgress start(EpochId epoch) {
    return new EpochProgress(epoch, 0, List.of(), Balance.ZERO, false, false);
  }

  /** The committed seqs as a set of its own. */
  public SeqRanges committed() {
    SeqRanges ranges = SeqRanges.of(above);
    if (through > 0) {
      ranges.add(1, through);
    }
    return ranges;
  }

  public EpochProgress with(SeqRanges committed, Balance balance) {
    return new EpochProgress(
        epoch, committed.through(), committed.above(Integer.MAX_VALUE), balance, closed, forked);
  }

  public EpochProgress withFork() {
    return new EpochProgress(epoch, through, above, balance, closed, true);
  }

  /** The same epoch, closed. */
  public EpochProgress withClosed() {
    return new EpochProgress(epoch, through, above, balance, true, forked);
  }
}
