package dev.sentinelj.adapters.timescale;

import static dev.sentinelj.adapters.timescale.jooq.Tables.QUARANTINE;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.noCondition;

import dev.sentinelj.adapters.timescale.jooq.tables.records.QuarantineRecord;
import dev.sentinelj.ports.driven.QuarantineQueries;
import java.util.List;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.Field;
import org.jspecify.annotations.Nullable;

/** {@link QuarantineQueries} over the table {@code quarantine}; a list reads no bytes. */
public final class TimescaleQuarantineQueries implements QuarantineQueries {
  private static final Field<Long> SIZE =
      field("octet_length({0})::bigint", Long.class, QUARANTINE.BYTES);

  private final Database database;

  public TimescaleQuarantineQueries(Database database) {
    this.database = database;
  }

  @Override
  public List<Entry> list(Filter filter) {
    Condition agent =
        filter.agent().map(id -> QUARANTINE.AGENT.eq(id.value())).orElse(noCondition());
    Condition reason =
        filter.reason().map(StoredText::of).map(QUARANTINE.REASON::eq).orElse(noCondition());
    return database.ask(
        "listing what was kept aside",
        dsl ->
            dsl.select(
                    QUARANTINE.ID,
                    QUARANTINE.AGENT,
                    QUARANTINE.EPOCH,
                    QUARANTINE.SEQ,
                    QUARANTINE.REASON,
                    QUARANTINE.DETAIL,
                    QUARANTINE.RECEIVED_AT,
                    QUARANTINE.SAMPLES,
                    QUARANTINE.REPLAYED_AT,
                    QUARANTINE.REPLAYED_BY,
                    SIZE)
                .from(QUARANTINE)
                .where(agent, reason, QUARANTINE.ID.lt(filter.beforeId()))
                .orderBy(QUARANTINE.ID.desc())
                .limit(filter.limit())
                .fetch(row -> entry(row.into(QUARANTINE), row.get(SIZE))));
  }

  @Override
  public Optional<Found> find(long id) {
    return database.ask(
        "reading what was kept aside",
        dsl ->
            dsl.selectFrom(QUARANTINE)
                .where(QUARANTINE.ID.eq(id))
                .fetchOptional(
                    row -> new Found(entry(row, row.getBytes().length), KeptAside.row(row))));
  }

  private static Entry entry(QuarantineRecord row, long size) {
    return new Entry(
        row.getId(),
        Optional.ofNullable(row.getAgent()),
        Optional.ofNullable(row.getEpoch()),
        Optional.ofNullable(row.getSeq()),
        row.getReason(),
        row.getDetail(),
        Times.millis(row.getReceivedAt()),
        row.getSamples(),
        size,
        Times.millis(row.getReplayedAt()),
        orEmpty(row.getReplayedBy()));
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }
}
