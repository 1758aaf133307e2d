package dev.sentinelj.core.session;

import dev.sentinelj.core.digest.Sha256;
import java.util.List;

/** What the ledger holds of a range of an epoch. */
public sealed interface ReconcileAnswer {
  /** Exactly the records of the query: they may be deleted at the agent. */
  record Equal(long epoch, long from, long to) implements ReconcileAnswer {}

  /** Something else: these seqs with these content hashes, ascending. */
  record Differs(long epoch, long from, long to, List<Row> rows) implements ReconcileAnswer {
    public Differs {
      rows = List.copyOf(rows);
    }
  }

  record Row(long seq, Sha256 contentHash) {}
}
