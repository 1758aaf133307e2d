package dev.sentinelj.adapters.timescale;

import static dev.sentinelj.adapters.timescale.jooq.Tables.PARKED;
import static dev.sentinelj.adapters.timescale.jooq.Tables.SERIES_SETS;
import static org.jooq.impl.DSL.coalesce;
import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.exists;
import static org.jooq.impl.DSL.selectOne;
import static org.jooq.impl.DSL.sum;

import dev.sentinelj.adapters.timescale.jooq.tables.records.ParkedRecord;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.wire.WireReader;
import dev.sentinelj.core.wire.WireWriter;
import dev.sentinelj.ports.driven.BusPosition;
import dev.sentinelj.ports.driven.PartitionTransaction;
import dev.sentinelj.ports.driven.PartitionTransaction.JournalRow;
import dev.sentinelj.ports.driven.PartitionTransaction.ParkedBatch;
import dev.sentinelj.ports.driven.PartitionTransaction.Portion;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jooq.Condition;
import org.jooq.DSLContext;

/** Rows of {@code parked}: batches that wait for their series set. */
final class ParkedRows {
  private final DSLContext dsl;
  private final int partition;
  private final Map<AgentId, Taken> taken = new HashMap<>();

  ParkedRows(DSLContext dsl, int partition) {
    this.dsl = dsl;
    this.partition = partition;
  }

  boolean park(ParkedBatch parked) {
    SignedBatch batch = parked.row().batch();
    if (isParked(parked)) {
      return true;
    }
    Taken with = takenBy(batch.id().agent()).with(batch.bodyLength());
    if (with.count() > PartitionTransaction.MAX_PARKED
        || with.bytes() > PartitionTransaction.MAX_PARKED_BYTES) {
      return false;
    }
    insert(parked, batch);
    taken.put(batch.id().agent(), with);
    return true;
  }

  List<ParkedBatch> unpark(AgentId agent, Sha256 set, Portion most) {
    return unpark(PARKED.AGENT.eq(agent.value()).and(PARKED.MISSING_SET.eq(set.toBytes())), most);
  }

  List<ParkedBatch> unparkKnown(Portion most) {
    return unpark(
        here()
            .and(
                exists(
                    selectOne()
                        .from(SERIES_SETS)
                        .where(
                            SERIES_SETS.AGENT.eq(PARKED.AGENT),
                            SERIES_SETS.HASH.eq(PARKED.MISSING_SET)))),
        most);
  }

  List<ParkedBatch> unparkBefore(long receivedBeforeMillis, Portion most) {
    return unpark(here().and(PARKED.RECEIVED_AT.lt(Times.of(receivedBeforeMillis))), most);
  }

  /** Rows from before the column was are anybody's. */
  private Condition here() {
    return PARKED.PARTITION.eq(partition).or(PARKED.PARTITION.isNull());
  }

  private List<ParkedBatch> unpark(Condition which, Portion most) {
    taken.clear();
    return dsl
        .deleteFrom(PARKED)
        .where(PARKED.ID.in(first(which, most)))
        .returning()
        .fetch()
        .stream()
        .sorted(Comparator.comparing(ParkedRecord::getId))
        .map(ParkedRows::read)
        .toList();
  }

  /** Chosen without reading a body: a few hundred bytes may stand for a million cells. */
  private List<Long> first(Condition which, Portion most) {
    List<Long> ids = new ArrayList<>();
    long bytes = 0;
    long cells = 0;
    for (var row :
        dsl.select(PARKED.ID, PARKED.BODY_BYTES, PARKED.CELLS)
            .from(PARKED)
            .where(which)
            .orderBy(PARKED.ID)
            .limit(most.batches())
            .fetch()) {
      bytes += row.value2();
      cells += row.value3() == null ? most.cells() : row.value3();
      if (!ids.isEmpty() && (bytes > most.bytes() || cells > most.cells())) {
        break;
      }
      ids.add(row.value1());
    }
    return ids;
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

  /** What an agent has parked; counted once in a transaction that parks much. */
  private record Taken(long bytes, long count) {
    Taken with(long more) {
      return new Taken(bytes + more, count + 1);
    }
  }

  private Taken takenBy(AgentId agent) {
    return taken.computeIfAbsent(
        agent,
        _ ->
            dsl.select(coalesce(sum(PARKED.BODY_BYTES), BigDecimal.ZERO), count())
                .from(PARKED)
                .where(PARKED.AGENT.eq(agent.value()))
                .fetchSingle(row -> new Taken(row.value1().longValueExact(), row.value2())));
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
        .set(PARKED.CELLS, parked.cells())
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
        Sha256.fromBytes(row.getMissingSet()),
        Times.millis(row.getReceivedAt()),
        row.getCells() == null ? 0 : row.getCells(),
        journal);
  }
}
