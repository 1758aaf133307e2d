package dev.sentinelj.auditor;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the tables say of one epoch, before anybody judges it. Filled by {@link FactsReader}. */
final class EpochFacts {
  final EpochKey key;
  Progress progress = Progress.NONE;
  Ledger ledger = Ledger.EMPTY;
  final List<Link> links = new ArrayList<>();
  final List<Loss> losses = new ArrayList<>();
  long quarantined;
  long parked;
  final List<Move> moves = new ArrayList<>();
  final List<SeqSpan> copied = new ArrayList<>();

  EpochFacts(EpochKey key) {
    this.key = key;
  }

  record EpochKey(String agent, long epoch) {}

  /**
   * The running counts that the workers keep.
   *
   * @param torn part of {@code collected}: samples of rows inside torn ranges
   * @param committed the seqs that count as committed, as a set
   */
  record Progress(
      long collected,
      long stored,
      long quarantined,
      long lost,
      long overflow,
      long moved,
      boolean closed,
      boolean forked,
      long torn,
      List<SeqSpan> committed) {
    static final Progress NONE = new Progress(0, 0, 0, 0, 0, 0, false, false, 0, List.of());

    /** What the workers take for the greatest running count outside torn ranges. */
    long greatest() {
      return collected - torn;
    }
  }

  /**
   * The rows of the ledger in sum. A row inside a torn range is the ghost of a record that its log
   * cut off again: it counts, but the running count of the log went on without it.
   *
   * @param samples of all rows
   * @param torn of the rows inside torn ranges
   * @param unchained of the other rows that do not tell their place in the running count
   * @param greatest place in the running count behind any row that is not torn; 0 without one
   * @param lastSeq greatest seq; 0 without a row
   * @param firstMillis when the first row was committed; 0 without a row
   */
  record Ledger(
      long batches,
      long samples,
      long torn,
      long unchained,
      long greatest,
      long lastSeq,
      long firstMillis) {
    static final Ledger EMPTY = new Ledger(0, 0, 0, 0, 0, 0, 0);
  }

  /**
   * A row of the ledger that does not follow smoothly on the row before it, torn ones left out.
   *
   * @param sampleTo the agent's running count behind it; null when the row does not tell
   * @param before seq of the row before it; 0 for the first
   * @param beforeTo the running count behind that one; 0 for the first, null when it does not tell
   * @param unchained samples of all rows up to this one that do not tell
   */
  record Link(
      long seq,
      long samples,
      @Nullable Long sampleTo,
      long before,
      @Nullable Long beforeTo,
      long unchained) {}

  /**
   * @param counted samples of it that no row of the ledger contradicts
   */
  record Loss(SeqSpan seqs, long counted) {}

  /**
   * The last word of one log on this closed epoch.
   *
   * @param elsewhere what may be said of copies that did not come in
   */
  record Move(long newEpoch, long lastSeq, long moved, long difference, Elsewhere elsewhere) {}

  /** How the epoch stands that a log went on in: it counts the copies, and answers for them. */
  enum Elsewhere {
    /** Everything up to its greatest seq came in. */
    WHOLE,
    /** The same, but some of it is named by losses. */
    LOSSY,
    /** It has holes, or was given up itself: copies may still come. */
    COMING
  }
}
