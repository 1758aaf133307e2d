package dev.sentinelj.adapters.memory;

import dev.sentinelj.adapters.memory.Rows.ProgressRow;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.progress.Balance;
import dev.sentinelj.core.progress.EpochProgress;
import dev.sentinelj.ports.driven.AuditQueries;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * {@link AuditQueries} over an {@link InMemoryDatabase}. There is nobody else to ask here: it
 * judges by the running counts, and takes a difference for samples on their way while seqs are
 * missing.
 */
public final class InMemoryAuditQueries implements AuditQueries {
  private final InMemoryDatabase database;
  private final LongSupplier wallMillis;

  public InMemoryAuditQueries(InMemoryDatabase database, LongSupplier wallMillis) {
    this.database = database;
    this.wallMillis = wallMillis;
  }

  @Override
  public AgentAudit audit(AgentId agent) {
    return database.call(
        "audit",
        () ->
            new AgentAudit(
                wallMillis.getAsLong(),
                database.progress.rows().values().stream()
                    .filter(row -> row.progress().epoch().agent().equals(agent))
                    .sorted(Comparator.comparingLong(ProgressRow::born).reversed())
                    .map(row -> judge(row.progress()))
                    .toList()));
  }

  private static EpochVerdict judge(EpochProgress progress) {
    Balance balance = progress.balance();
    long rest = balance.unaccounted();
    boolean coming = !progress.above().isEmpty() && rest > 0;
    if (rest == 0 || coming) {
      Verdict verdict = coming ? Verdict.IN_FLIGHT : Verdict.OK;
      return new EpochVerdict(progress.epoch().epoch(), verdict, balance, rest, 0, List.of());
    }
    return new EpochVerdict(
        progress.epoch().epoch(),
        Verdict.UNACCOUNTED,
        balance,
        0,
        Math.abs(rest),
        List.of("the running counts differ by " + rest + " samples"));
  }
}
