package dev.sentinelj.adapters.timescale;

import static dev.sentinelj.adapters.timescale.jooq.Tables.QUARANTINE;
import static org.jooq.impl.DSL.currentOffsetDateTime;

import dev.sentinelj.adapters.timescale.jooq.tables.records.QuarantineRecord;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.ports.driven.PartitionTransaction.QuarantineRow;
import java.util.Optional;
import org.jooq.DSLContext;

/** Rows of {@code quarantine}: what is not stored as samples. */
final class KeptAside {
  private final DSLContext dsl;

  KeptAside(DSLContext dsl) {
    this.dsl = dsl;
  }

  void quarantine(QuarantineRow row) {
    if (row.samples() == 0 && row.id().filter(id -> isKept(id, row)).isPresent()) {
      return;
    }
    dsl.insertInto(QUARANTINE)
        .set(QUARANTINE.AGENT, row.id().map(id -> id.agent().value()).orElse(null))
        .set(QUARANTINE.EPOCH, row.id().map(id -> id.epoch().epoch()).orElse(null))
        .set(QUARANTINE.SEQ, row.id().map(BatchId::seq).orElse(null))
        .set(QUARANTINE.REASON, StoredText.of(row.reason()))
        .set(QUARANTINE.DETAIL, StoredText.of(row.detail()))
        .set(QUARANTINE.RECEIVED_AT, Times.of(row.receivedAtMillis()))
        .set(QUARANTINE.SAMPLES, row.samples())
        .set(QUARANTINE.BYTES, row.bytes())
        .execute();
  }

  Optional<QuarantineRow> lock(long id) {
    return dsl.selectFrom(QUARANTINE)
        .where(QUARANTINE.ID.eq(id), QUARANTINE.REPLAYED_AT.isNull())
        .forUpdate()
        .fetchOptional(KeptAside::row);
  }

  void markReplayed(long id, String by) {
    dsl.update(QUARANTINE)
        .set(QUARANTINE.REPLAYED_AT, currentOffsetDateTime())
        .set(QUARANTINE.REPLAYED_BY, StoredText.of(by))
        .where(QUARANTINE.ID.eq(id))
        .execute();
  }

  static QuarantineRow row(QuarantineRecord row) {
    return new QuarantineRow(
        id(row),
        row.getReason(),
        row.getDetail(),
        Times.millis(row.getReceivedAt()),
        row.getSamples(),
        row.getBytes());
  }

  private static Optional<BatchId> id(QuarantineRecord row) {
    return Optional.ofNullable(row.getAgent())
        .map(agent -> new BatchId(new EpochId(new AgentId(agent), row.getEpoch()), row.getSeq()));
  }

  private boolean isKept(BatchId id, QuarantineRow row) {
    return dsl.fetchExists(
        QUARANTINE,
        QUARANTINE.AGENT.eq(id.agent().value()),
        QUARANTINE.EPOCH.eq(id.epoch().epoch()),
        QUARANTINE.SEQ.eq(id.seq()),
        QUARANTINE.REASON.eq(StoredText.of(row.reason())),
        QUARANTINE.BYTES.eq(row.bytes()));
  }
}
