package dev.sentinelj.application.simulation;

import dev.sentinelj.adapters.memory.DatabaseView;
import dev.sentinelj.adapters.memory.InMemoryBatchCodec;
import dev.sentinelj.adapters.memory.InMemoryDatabase;
import dev.sentinelj.application.simulation.Broken.Promise;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.BatchKind;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.block.Columns;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.ingest.Receipt;
import dev.sentinelj.core.metric.Series;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.ports.driven.BatchCodec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What truly happened, noted where it happened: what was measured, promised, put and deleted. */
final class Book {
  private final DatabaseView database;
  private final BatchCodec codec = new InMemoryBatchCodec();
  private final Map<Sha256, SeriesSet> sets = new HashMap<>();
  private final Map<Sha256, Written> written = new LinkedHashMap<>();
  private final Map<Double, Fact> facts = new HashMap<>();
  private final Map<BatchId, Sha256> givenOut = new HashMap<>();
  private final Map<BatchId, Set<Receipt>> onBus = new HashMap<>();
  private long appends;
  private long segmentsDeleted;

  Book(InMemoryDatabase database) {
    this.database = new DatabaseView(database);
  }

  record Cell(long timeMillis, double value) {}

  /** Where and when the one sample of a value was measured. */
  record Fact(AgentId agent, Series series, long timeMillis, Written batch) {}

  /** A batch of samples that a log was given. */
  static final class Written {
    private final SignedBatch batch;
    private final List<Double> values = new ArrayList<>();
    private long nans;
    private boolean promised;

    private Written(SignedBatch batch) {
      this.batch = batch;
    }

    SignedBatch batch() {
      return batch;
    }

    /** Its samples that are numbers; each exists once in the world. */
    List<Double> values() {
      return values;
    }

    long nans() {
      return nans;
    }

    /** Whether its append returned. */
    boolean promised() {
      return promised;
    }
  }

  /** A log is given {@code batch} with what defines its series. */
  void appending(SignedBatch batch, List<SeriesSet> defined) {
    defined.forEach(set -> sets.put(set.hash(), set));
    if (batch.header().kind() == BatchKind.DATA) {
      Written one = new Written(batch);
      codec
          .decode(batch.header(), batch.body())
          .forEach(part -> note(one, (BatchCodec.Part.Referring) part));
      written.putIfAbsent(batch.contentHash(), one);
    }
  }

  private void note(Written batch, BatchCodec.Part.Referring part) {
    SeriesSet set = sets.get(part.block().set());
    Columns columns = part.columns();
    AgentId agent = batch.batch.id().agent();
    for (int row = 0; row < columns.rows(); row++) {
      for (int column = 0; column < columns.series(); column++) {
        if (columns.present(column, row)) {
          double value = columns.value(column, row);
          if (Double.isNaN(value) || set == null) {
            batch.nans++;
          } else {
            batch.values.add(value);
            Series series = set.series().get(column);
            facts.put(value, new Fact(agent, series, columns.timeMillis(row), batch));
          }
        }
      }
    }
  }

  /** The append of {@code batch} returned. */
  void appended(SignedBatch batch) {
    appends++;
    Sha256 former = givenOut.put(batch.id(), batch.contentHash());
    Broken.unless(
        former == null, Promise.SEQS_ARE_GIVEN_OUT_ONCE, () -> batch.id() + " was appended twice");
    Written one = written.get(batch.contentHash());
    if (one != null) {
      one.promised = true;
    }
  }

  Collection<Written> written() {
    return written.values();
  }

  @Nullable Fact fact(double value) {
    return facts.get(value);
  }

  /** The batch that brought this value. */
  BatchId batchOf(double value) {
    Fact fact = facts.get(value);
    if (fact == null) {
      throw new Broken(Promise.NOTHING_INVENTED, "value " + value);
    }
    return fact.batch().batch().id();
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

  void put(SignedBatch batch, Receipt where) {
    onBus.computeIfAbsent(batch.id(), _ -> new HashSet<>()).add(where);
  }

  /** An agent is about to hear that the bus has its batch. */
  void accepted(BatchId id, Receipt receipt) {
    Broken.unless(
        onBus.getOrDefault(id, Set.of()).contains(receipt),
        Promise.ACCEPTED_IS_ON_THE_BUS,
        () -> "ACCEPTED was told of " + id + " before the bus had it");
  }

  /** A log is about to delete a segment with these batches. */
  void deleting(List<SignedBatch> batches) {
    segmentsDeleted++;
    for (SignedBatch batch : batches) {
      Broken.unless(
          database.ledgered(batch.id()).filter(batch.contentHash()::equals).isPresent(),
          Promise.DELETED_IS_COMMITTED,
          () ->
              "a segment with %s is deleted, but the ledger has %s"
                  .formatted(batch.id(), database.ledgered(batch.id())));
    }
  }

  long appends() {
    return appends;
  }

  long segmentsDeleted() {
    return segmentsDeleted;
  }
}
