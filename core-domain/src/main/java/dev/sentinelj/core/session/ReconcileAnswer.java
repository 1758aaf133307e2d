package dev.sentinelj.core.session;

import dev.sentinelj.core.digest.Sha256;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What the ledger holds of a range of an epoch, {@code from} and {@code to} inclusive. */
public sealed interface ReconcileAnswer {
  long epoch();

  long from();

  long to();

  /** Whether this was asked by {@code query}, and not by one that was given up. */
  default boolean answers(ReconcileQuery query) {
    return epoch() == query.epoch() && from() == query.from() && to() == query.to();
  }

  /** Exactly the records of the query: they may be deleted at the agent. */
  record Equal(long epoch, long from, long to) implements ReconcileAnswer {}

  /** Something else: these seqs with these content hashes, ascending. */
  record Differs(long epoch, long from, long to, List<Row> rows) implements ReconcileAnswer {
    public Differs {
      rows = List.copyOf(rows);
    }

    /** The content hashes by seq. */
    public Map<Long, Sha256> hashes() {
      return rows.stream().collect(Collectors.toMap(Row::seq, Row::contentHash, (_, last) -> last));
    }
  }

  record Row(long seq, Sha256 contentHash) {}
}
