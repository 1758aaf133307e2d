package dev.sentinelj.adapters.timescale;

import static dev.sentinelj.adapters.timescale.jooq.Tables.PARKED;
import static dev.sentinelj.adapters.timescale.jooq.Tables.QUARANTINE;
import static org.jooq.impl.DSL.coalesce;
import static org.jooq.impl.DSL.currentOffsetDateTime;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.sum;

import dev.sentinelj.adapters.timescale.jooq.tables.records.ParkedRecord;
import dev.sentinelj.adapters.timescale.jooq.tables.records.QuarantineRecord;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.wire.WireReader;
import dev.sentinelj.core.wire.WireWriter;
import dev.sentinelj.ports.driven.BusPosition;
import dev.sentinelj.ports.driven.PartitionTransaction;
import dev.sentinelj.ports.driven.PartitionTransaction.JournalRow;
import dev.sentinelj.ports.driven.PartitionTransaction.ParkedBatch;
import dev.sentinelj.ports.driven.PartitionTransaction.QuarantineRow;
import java.math.BigDecimal;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.DSLContext;

/**
 * Batches that are not stored as samples, for good or for now: {@code quarantine} and {@code
 * parked}.
 */
final class KeptAside {
  private final DSLContext dsl;
  private final int partition;

  KeptAside(DSLContext dsl, int partition) {
    this.dsl = dsl;
    this.partition = partition;
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

  boolean park(ParkedBatch parked) {
    SignedBatch batch = parked.row().batch();
    if (isParked(parked)) {
      return true;
    }
    if (parkedBytes(batch.id().agent()) + batch.bodyLength()
        > PartitionTransaction.MAX_PARKED_BYTES) {
      return false;
    }
    insert(parked, batch);
    return true;
  }

  List<ParkedBatch> unpark(AgentId agent, Sha256 set) {
    return unpark(PARKED.AGENT.eq(agent.value()).and(PARKED.MISSING_SET.eq(set.toBytes())));
  }

  /** Rows from before the column was are anybody's. */
  List<ParkedBatch> unparkBefore(long receivedBeforeMillis, int limit) {
    Condition due =
        PARKED
            .PARTITION
            .eq(partition)
            .or(PARKED.PARTITION.isNull())
            .and(PARKED.RECEIVED_AT.lt(Times.of(receivedBeforeMillis)));
    return unpark(
        PARKED.ID.in(select(PARKED.ID).from(PARKED).where(due).orderBy(PARKED.ID).limit(limit)));
  }

  private List<ParkedBatch> unpark(Condition which) {
    return dsl.deleteFrom(PARKED).where(which).returning().fetch().stream()
        .sorted(Comparator.comparing(ParkedRecord::getId))
        .map(KeptAside::read)
        .toList();
  }

  private boolean isParked(ParkedBatch parked) {
    BatchId id = parked.row().batch().id();
    return dsl.fetchExists(
        PARKED,
        PARKED.AGENT.eq(id.agent().value()),
        PARKED.EPOCH.eq(id.epoch().epoch()),
        PARKED.SEQ.eq(id.seq()),
        PARKED.CONTENT_HASH.eq(parked.row().batch().contentHash().toBytes()),
        PARKED.MISSING_SET.eq(parked.missingSet().toBytes()));
  }

  private long parkedBytes(AgentId agent) {
    return dsl.select(coalesce(sum(PARKED.BODY_BYTES), BigDecimal.ZERO))
        .from(PARKED)
        .where(PARKED.AGENT.eq(agent.value()))
        .fetchSingle()
        .value1()
        .longValueExact();
  }

  private void insert(ParkedBatch parked, SignedBatch batch) {
    JournalRow row = parked.row();
    WireWriter bytes = new WireWriter(batch.bodyLength() + 512);
    batch.writeTo(bytes);
    dsl.insertInto(PARKED)
        .set(PARKED.PARTITION, partition)
        .set(PARKED.AGENT, batch.id().agent().value())
        .set(PARKED.EPOCH, batch.id().epoch().epoch())
        .set(PARKED.SEQ, batch.id().seq())
        .set(PARKED.CONTENT_HASH, batch.contentHash().toBytes())
        .set(PARKED.MISSING_SET, parked.missingSet().toBytes())
        .set(PARKED.RECEIVED_AT, Times.of(parked.receivedAtMillis()))
        .set(PARKED.LANE, (short) row.lane().code())
        .set(PARKED.GENERATION, row.position().generation())
        .set(PARKED.SEQUENCE, row.position().sequence())
        .set(PARKED.STAMP_MS, row.position().stampMillis())
        .set(PARKED.IDX, row.index())
        .set(PARKED.ATTEMPT, row.attempt())
        .set(PARKED.SENT_AT_MS, row.sentAtMillis())
        .set(PARKED.LAST_TICK, row.lastTickSecond())
        .set(PARKED.BODY_BYTES, (long) batch.bodyLength())
        .set(PARKED.BYTES, bytes.toBytes())
        .execute();
  }

  private static ParkedBatch read(ParkedRecord row) {
    WireReader bytes = new WireReader(row.getBytes());
    SignedBatch batch = SignedBatch.readFrom(bytes);
    bytes.end();
    JournalRow journal =
        new JournalRow(
            Lane.ofCode(row.getLane()),
            new BusPosition(row.getGeneration(), row.getSequence(), row.getStampMs()),
            row.getIdx(),
            row.getAttempt(),
            row.getSentAtMs(),
            row.getLastTick(),
            batch);
    return new ParkedBatch(
        Sha256.fromBytes(row.getMissingSet()), Times.millis(row.getReceivedAt()), journal);
  }
}
