package dev.sentinelj.auditor;

import java.util.HexFormat;
import java.util.List;

/**
 * What became of the samples of one epoch, in samples unless said otherwise. When the verdict is
 * not {@link Verdict#UNACCOUNTED}, {@code collected} is the sum of the six after it.
 *
 * @param collected the agent's own signed count
 * @param stored rows written
 * @param quarantined kept aside with a reason
 * @param lost named by losses
 * @param overflow above a series budget, counted and not kept
 * @param moved living on under another epoch, which counts them
 * @param inFlight counted by the agent and not told of yet
 * @param unaccounted the sizes of all faults; 0 is possible for one whose size nobody knows
 * @param batches rows of the ledger
 * @param lastSeq greatest seq of the ledger
 * @param missing seqs below that which are in neither ledger nor losses
 * @param parked batches that wait for their series set
 */
public record EpochAudit(
    String agent,
    long epoch,
    Verdict verdict,
    long collected,
    long stored,
    long quarantined,
    long lost,
    long overflow,
    long moved,
    long inFlight,
    long unaccounted,
    long batches,
    long lastSeq,
    List<SeqSpan> missing,
    long parked,
    List<Finding> findings) {
  public EpochAudit {
    missing = List.copyOf(missing);
    findings = List.copyOf(findings);
  }

  /** The epoch as people read it: 16 hexadecimal digits. */
  public String epochHex() {
    return HexFormat.of().toHexDigits(epoch);
  }
}
