package dev.sentinelj.application.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.adapters.memory.InMemoryBatchCodec;
import dev.sentinelj.adapters.memory.InMemoryDatabase;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.BatchKind;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.block.Columns;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.ingest.Receipt;
import dev.sentinelj.ports.driven.BatchCodec;
import dev.sentinelj.ports.driven.BatchLog;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What truly happened, noted where it happened: what was promised, put, told and deleted. */
final class Book {
  private final InMemoryDatabase database;
  private final BatchCodec codec = new InMemoryBatchCodec();
  private final Map<BatchId, SignedBatch> appended = new LinkedHashMap<>();
  private final Map<Double, BatchId> batchOf = new HashMap<>();
  private final Map<BatchId, List<Cell>> cells = new HashMap<>();
  private final Map<BatchId, Set<Receipt>> onBus = new HashMap<>();
  private long segmentsDeleted;

  Book(InMemoryDatabase database) {
    this.database = database;
  }

  record Cell(long timeMillis, double value) {}

  /** The append of {@code batch} returned. */
  void appended(SignedBatch batch) {
    assertThat(appended).as("appended twice").doesNotContainKey(batch.id());
    appended.put(batch.id(), batch);
    if (batch.header().kind() == BatchKind.DATA) {
      List<Cell> found = new ArrayList<>();
      codec
          .decode(batch.header(), batch.body())
          .forEach(part -> found.addAll(cellsOf(part.columns())));
      found.forEach(cell -> batchOf.put(cell.value(), batch.id()));
      cells.put(batch.id(), found);
    }
  }

  static List<Cell> cellsOf(Columns columns) {
    List<Cell> found = new ArrayList<>();
    for (int row = 0; row < columns.rows(); row++) {
      for (int column = 0; column < columns.series(); column++) {
        if (columns.present(column, row)) {
          found.add(new Cell(columns.timeMillis(row), columns.value(column, row)));
        }
      }
    }
    return found;
  }

  Map<BatchId, SignedBatch> appended() {
    return appended;
  }

  /** What a batch whose append returned holds; nothing for a loss record. */
  List<Cell> cells(BatchId id) {
    return cells.getOrDefault(id, List.of());
  }

  /** The batch that brought this value. */
  BatchId batchOf(double value) {
    BatchId id = batchOf.get(value);
    assertThat(id).as("batch of value %s", value).isNotNull();
    return id;
  }

  void put(SignedBatch batch, Receipt where) {
    onBus.computeIfAbsent(batch.id(), _ -> new HashSet<>()).add(where);
  }

  /** An agent is about to hear that the bus has its batch. */
  void accepted(BatchId id, Receipt receipt) {
    assertThat(onBus.getOrDefault(id, Set.of()))
        .as("ACCEPTED was told of %s before the bus had it", id)
        .contains(receipt);
  }

  /** A log is about to delete a segment. */
  void deleting(List<SignedBatch> batches, BatchLog.SealedSegment segment) {
    segmentsDeleted++;
    Map<BatchId, Sha256> ledger = database.ledger();
    for (SignedBatch batch : batches) {
      assertThat(ledger.get(batch.id()))
          .as("segment %d is deleted, but the ledger lacks %s", segment.number(), batch.id())
          .isEqualTo(batch.contentHash());
    }
  }

  long segmentsDeleted() {
    return segmentsDeleted;
  }
}
