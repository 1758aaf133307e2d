package dev.sentinelj.auditor;

import dev.sentinelj.auditor.EpochFacts.Link;
import java.util.ArrayList;
import java.util.List;

/**
 * Follows the agent's running count of samples from row to row of the ledger. What it finds are the
 * seqs between rows, and the places where the count goes on elsewhere than it stopped.
 *
 * <p>A row from before the ledger kept the running count is chained by the next one that has it.
 */
final class LedgerChain {
  private final List<Jump> jumps = new ArrayList<>();
  private final List<SeqSpan> missing = new ArrayList<>();
  private long knownSeq;
  private long knownTo;
  private long unchainedThere;
  private boolean open;

  /**
   * The running count goes on elsewhere.
   *
   * @param from first seq that may explain it
   * @param to last seq that may; {@code from - 1} when the two rows are neighbours
   * @param size by how much it goes on higher, below 0 for lower
   */
  record Jump(long from, long to, long size) {}

  LedgerChain(List<Link> links) {
    links.forEach(this::follow);
  }

  /** All breaks, those explained by losses included. */
  List<Jump> jumps() {
    return jumps;
  }

  /** The seqs below the last row that are not in the ledger, as a set. */
  List<SeqSpan> missing() {
    return missing;
  }

  /** Whether the last row does not tell its place in the running count. */
  boolean open() {
    return open;
  }

  /** Where the running count is at the end when nothing is missing in the part that is open. */
  long end(long unchained) {
    return knownTo + unchained - unchainedThere;
  }

  /** The last seq that told its place. */
  long knownSeq() {
    return knownSeq;
  }

  private void follow(Link link) {
    if (link.seq() > link.before() + 1) {
      missing.add(new SeqSpan(link.before() + 1, link.seq() - 1));
    }
    if (link.beforeTo() != null) {
      knownSeq = link.before();
      knownTo = link.beforeTo();
      unchainedThere = link.unchained() - (link.sampleTo() == null ? link.samples() : 0);
    }
    open = link.sampleTo() == null;
    if (link.sampleTo() != null) {
      long size = link.sampleTo() - link.samples() - end(link.unchained());
      if (size != 0) {
        jumps.add(new Jump(knownSeq + 1, link.seq() - 1, size));
      }
      knownSeq = link.seq();
      knownTo = link.sampleTo();
      unchainedThere = link.unchained();
    }
  }
}
