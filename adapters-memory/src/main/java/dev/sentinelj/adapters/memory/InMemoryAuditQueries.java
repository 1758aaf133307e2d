package dev.sentinelj.adapters.memory;

import dev.sentinelj.adapters.memory.Rows.ProgressRow;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.ports.driven.AuditQueries;
import java.util.Comparator;

/** {@link AuditQueries} over an {@link InMemoryDatabase}, by the rows that are in it. */
public final class InMemoryAuditQueries implements AuditQueries {
  private final InMemoryDatabase database;

  public InMemoryAuditQueries(InMemoryDatabase database) {
    this.database = database;
  }

  @Override
  public AgentAudit audit(AgentId agent) {
    return database.call(
        "audit",
        () ->
            new AgentAudit(
                database.nowMillis(),
                database.progress.rows().values().stream()
                    .filter(row -> row.progress().epoch().agent().equals(agent))
                    .sorted(Comparator.comparingLong(ProgressRow::born).reversed())
                    .map(row -> new EpochJudge(database, row.progress()).verdict())
                    .toList()));
  }
}
