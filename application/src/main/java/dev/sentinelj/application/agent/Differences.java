package dev.sentinelj.application.agent;

import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.session.ReconcileAnswer;
import dev.sentinelj.ports.driven.BatchLog;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How the ledger differs from what a log holds of a range. Rows beyond that are of records damaged
 * since: there is nothing of ours to lose. What was given up is committed as a loss and needs no
 * row; the loss record itself has one.
 *
 * @param foreign whether a row has another content than we hold
 * @param missing seqs that have no row, ascending
 */
record Differences(boolean foreign, List<Long> missing) {
  private static final Differences NONE = new Differences(false, List.of());

  /** Those of what {@code log} holds under the seqs that {@code answer} is about. */
  static Differences of(BatchLog log, ReconcileAnswer answer, GivenUp givenUp) {
    return answer instanceof ReconcileAnswer.Differs differs
        ? of(LogScan.all(log, answer.from(), answer.to()), differs.hashes(), givenUp)
        : NONE;
  }

  private static Differences of(List<SignedBatch> held, Map<Long, Sha256> ledger, GivenUp givenUp) {
    List<Long> missing = new ArrayList<>();
    boolean foreign = false;
    for (SignedBatch batch : held) {
      long seq = batch.id().seq();
      Sha256 row = ledger.get(seq);
      if (row != null) {
        foreign |= !row.equals(batch.contentHash());
      } else if (!givenUp.has(seq)) {
        missing.add(seq);
      }
    }
    return new Differences(foreign, missing);
  }
}
