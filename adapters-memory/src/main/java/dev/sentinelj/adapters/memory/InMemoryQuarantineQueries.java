package dev.sentinelj.adapters.memory;

import dev.sentinelj.adapters.memory.Rows.Kept;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.ports.driven.PartitionTransaction.QuarantineRow;
import dev.sentinelj.ports.driven.QuarantineQueries;
import java.util.List;
import java.util.Optional;

/** {@link QuarantineQueries} over an {@link InMemoryDatabase}. */
public final class InMemoryQuarantineQueries implements QuarantineQueries {
  private final InMemoryDatabase database;

  public InMemoryQuarantineQueries(InMemoryDatabase database) {
    this.database = database;
  }

  @Override
  public List<Entry> list(Filter filter) {
    return database.call(
        "listing what was kept aside",
        () ->
            database
                .quarantine
                .rows()
                .headMap(filter.beforeId(), false)
                .descendingMap()
                .values()
                .stream()
                .filter(kept -> matches(filter, kept.row()))
                .limit(filter.limit())
                .map(InMemoryQuarantineQueries::entry)
                .toList());
  }

  @Override
  public Optional<Found> find(long id) {
    return database.call(
        "reading what was kept aside",
        () ->
            Optional.ofNullable(database.quarantine.rows().get(id))
                .map(kept -> new Found(entry(kept), kept.row())));
  }

  private static boolean matches(Filter filter, QuarantineRow row) {
    return (filter.agent().isEmpty() || filter.agent().equals(row.id().map(BatchId::agent)))
        && (filter.reason().isEmpty() || filter.reason().get().equals(row.reason()));
  }

  private static Entry entry(Kept kept) {
    QuarantineRow row = kept.row();
    return new Entry(
        kept.id(),
        row.id().map(id -> id.agent().value()),
        row.id().map(id -> id.epoch().epoch()),
        row.id().map(BatchId::seq),
        row.reason(),
        row.detail(),
        row.receivedAtMillis(),
        row.samples(),
        row.bytes().length,
        kept.replayedAtMillis(),
        kept.replayedBy());
  }
}
