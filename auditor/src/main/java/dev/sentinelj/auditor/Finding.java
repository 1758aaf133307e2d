package dev.sentinelj.auditor;

/**
 * One thing that is not as it should be, or that explains a verdict.
 *
 * @param kind for programs
 * @param fault whether nothing explains it; else it is a remark
 * @param samples how many samples it is about, at least 0; 0 also when that is not known
 * @param text for people: one sentence, which names the seqs
 */
public record Finding(Kind kind, boolean fault, long samples, String text) {

  /** What was found. */
  public enum Kind {
    /** The running counts of two neighbours do not fit, and no loss explains it. */
    CHAIN,
    /** Seqs that must be in the ledger or in a loss are in neither. */
    MISSING_SEQS,
    /** Seqs that did not come yet. */
    IN_FLIGHT,
    /** Batches that wait for their series set. */
    PARKED,
    /** The rows of the ledger and the running counts differ. */
    LEDGER_SUM,
    /** The losses and the running count differ. */
    LOSSES_SUM,
    /** The rows kept aside and the running count differ. */
    QUARANTINE_SUM,
    /** The last word of a log on a closed epoch does not add up. */
    MOVED_DIFFERENCE,
    /** The samples that are there were counted, and are not as many as count as stored. */
    RECOUNT
  }

  static Finding fault(Kind kind, long samples, String text) {
    return new Finding(kind, true, Math.abs(samples), text);
  }

  static Finding remark(Kind kind, long samples, String text) {
    return new Finding(kind, false, Math.abs(samples), text);
  }
}
