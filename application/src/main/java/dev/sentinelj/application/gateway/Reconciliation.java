package dev.sentinelj.application.gateway;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.failpoint.Failpoint;
import dev.sentinelj.core.session.ReconcileAnswer;
import dev.sentinelj.core.session.ReconcileQuery;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.ProgressFeed;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Compares what an agent holds with the ledger. */
final class Reconciliation {

  /** Most seqs of one question; a longer one is answered up to here. */
  static final long MAX_SEQS = 100_000;

  private final ProgressFeed feed;

  Reconciliation(ProgressFeed feed) {
    this.feed = feed;
  }

  CompletionStage<ReconcileAnswer> answer(AgentId agent, ReconcileQuery query) {
    if (query.from() < 1 || query.to() < query.from()) {
      return CompletableFuture.failedFuture(
          new PortUnavailableException(
              "reconciling a range that is none: " + query.from() + ".." + query.to()));
    }
    long to = Math.min(query.to(), query.from() + MAX_SEQS - 1);
    return feed.ledger(new EpochId(agent, query.epoch()), query.from(), to)
        .thenApply(rows -> {
          Failpoint.GATEWAY_RECONCILE_BEFORE_REPLY.hit();
          return compare(query, to, rows);
        });
  }

  private static ReconcileAnswer compare(
      ReconcileQuery query, long to, List<ReconcileAnswer.Row> rows) {
    boolean equal =
        to == query.to()
            && ReconcileQuery.digestOf(rows.stream().map(ReconcileAnswer.Row::contentHash).toList())
                .equals(query.digest());
    return equal
        ? new ReconcileAnswer.Equal(query.epoch(), query.from(), query.to())
        : new ReconcileAnswer.Differs(query.epoch(), query.from(), to, rows);
  }
}
