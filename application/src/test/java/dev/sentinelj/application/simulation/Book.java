package dev.sentinelj.application.simulation;

import dev.sentinelj.adapters.memory.DatabaseView;
import dev.sentinelj.adapters.memory.InMemoryBatchCodec;
import dev.sentinelj.adapters.memory.InMemoryDatabase;
import dev.sentinelj.application.simulation.Broken.Promise;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.BatchKind;
import dev.sentinelj.core.batch.CopiedBatch;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.MovedRecord;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.block.Columns;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.ingest.Receipt;
import dev.sentinelj.core.metric.Series;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.ports.driven.BatchCodec;
import dev.sentinelj.ports.driven.BatchLog;
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
  private final Map<Sha256, Set<BatchId>> copies = new HashMap<>();
  private final Map<Double, Fact> facts = new HashMap<>();
  private final Map<AgentId, Set<Series>> series = new HashMap<>();
  private final Map<BatchId, Sha256> givenOut = new HashMap<>();
  private final Map<BatchId, Set<Receipt>> onBus = new HashMap<>();
  private final Set<AgentId> forked = new HashSet<>();
  private final Set<AgentId> spoiled = new HashSet<>();
  private final Set<AgentId> setBack = new HashSet<>();
  private final Map<EpochId, List<SignedBatch>> words = new HashMap<>();
  private final Map<BatchId, Set<Sha256>> archive = new HashMap<>();
  private boolean wentBack;
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
    private boolean spoiled;
    private boolean gone;

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

    /** Whether it could not be read any more where it lay. */
    boolean spoiled() {
      return spoiled;
    }

    /** Whether its append returned. */
    boolean promised() {
      return promised;
    }
  }

  /** A log is given {@code batch} with what defines its series. */
  void appending(SignedBatch batch, List<SeriesSet> defined) {
    defined.forEach(set -> sets.put(set.hash(), set));
    if (batch.header().kind() == BatchKind.COPY) {
      SignedBatch original = original(batch);
      copies.computeIfAbsent(original.contentHash(), _ -> new HashSet<>()).add(batch.id());
      EpochId origin = original.id().epoch();
      Broken.unless(
          database.progress(origin).closed() || wentBack,
          Promise.COPIES_COME_FROM_CLOSED_EPOCHS,
          () -> batch.id() + " is a copy from " + origin + ", which is open");
    }
    if (original(batch).header().kind() == BatchKind.MOVED) {
      long closed = MovedRecord.parse(original(batch).body()).epoch();
      words
          .computeIfAbsent(new EpochId(batch.id().agent(), closed), _ -> new ArrayList<>())
          .add(batch);
    }
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
    if (set != null) {
      series.computeIfAbsent(agent, _ -> new HashSet<>()).addAll(set.series());
    }
    for (int row = 0; row < columns.rows(); row++) {
      for (int column = 0; column < columns.series(); column++) {
        if (columns.present(column, row)) {
          double value = columns.value(column, row);
          if (Double.isNaN(value) || set == null) {
            batch.nans++;
          } else {
            batch.values.add(value);
            Series one = set.series().get(column);
            facts.put(value, new Fact(agent, one, columns.timeMillis(row), batch));
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
        former == null || forked.contains(batch.id().agent()),
        Promise.SEQS_ARE_GIVEN_OUT_ONCE,
        () -> batch.id() + " was appended twice");
    Written one = written.get(batch.contentHash());
    if (one != null) {
      one.promised = true;
    }
  }

  /** All ids that a batch was ever given: its own, and those of its copies. */
  Set<BatchId> idsOf(SignedBatch batch) {
    Set<BatchId> ids = new HashSet<>(copies.getOrDefault(batch.contentHash(), Set.of()));
    ids.add(batch.id());
    return ids;
  }

  /** How many series this agent ever had samples of. */
  int series(AgentId agent) {
    return series.getOrDefault(agent, Set.of()).size();
  }

  Collection<Written> written() {
    return written.values();
  }

  @Nullable Fact fact(double value) {
    return facts.get(value);
  }

  /** The batch that brought this value. */
  SignedBatch batchOf(double value) {
    Fact fact = facts.get(value);
    if (fact == null) {
      throw new Broken(Promise.NOTHING_INVENTED, "value " + value);
    }
    return fact.batch().batch();
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
          committed(batch),
          Promise.DELETED_IS_COMMITTED,
          () ->
              "a segment with %s is deleted, but the ledger has %s"
                  .formatted(batch.id(), database.ledgered(batch.id())));
    }
  }

  private boolean committed(SignedBatch batch) {
    return ledgered(batch) || wasLedgered(batch);
  }

  private boolean wasLedgered(SignedBatch batch) {
    return archive.getOrDefault(batch.id(), Set.of()).contains(batch.contentHash());
  }

  /** Whether the ledger has exactly this batch, or a copy of it. */
  boolean ledgered(SignedBatch batch) {
    return database.ledgered(batch.id()).filter(batch.contentHash()::equals).isPresent()
        || database.copied(batch.id(), batch.contentHash());
  }

  /** A log is about to be deleted whole: those after it carry what the ledger lacks. */
  void retiring(BatchLog former, List<BatchLog> others) {
    Set<Sha256> carried = new HashSet<>();
    for (BatchLog other : others) {
      for (SignedBatch batch : other.read(1, Integer.MAX_VALUE, Long.MAX_VALUE)) {
        carried.add(original(batch).contentHash());
      }
    }
    for (SignedBatch batch : former.read(1, Integer.MAX_VALUE, Long.MAX_VALUE)) {
      SignedBatch original = original(batch);
      Broken.unless(
          original.header().kind() != BatchKind.DATA
              || committed(batch)
              || committed(original)
              || carried.contains(original.contentHash())
              || isSpoiled(original),
          Promise.DELETED_IS_COMMITTED,
          () -> "a log with " + batch.id() + " is deleted, but it is nowhere else");
    }
  }

  /** Its copy, perhaps: then the log that holds that says so. */
  private boolean isSpoiled(SignedBatch original) {
    Written one = written.get(original.contentHash());
    return one != null && one.spoiled;
  }

  static SignedBatch original(SignedBatch batch) {
    return CopiedBatch.originalOf(batch);
  }

  /** Whether the database went back, behind what an agent had freed with its definitions. */
  boolean wentBack() {
    return wentBack;
  }

  boolean wasSetBack(AgentId agent) {
    return setBack.contains(agent);
  }

  /** What a batch that was kept aside whole holds. */
  @Nullable Written written(SignedBatch batch) {
    return written.get(original(batch).contentHash());
  }

  boolean isForked(AgentId agent) {
    return forked.contains(agent);
  }

  /** From now on two logs of this agent may give out one seq. */
  void forked(AgentId agent) {
    forked.add(agent);
  }

  /** This could not be read any more where it lay. */
  void spoiled(SignedBatch batch) {
    spoiled.add(batch.id().agent());
    Written one = written.get(original(batch).contentHash());
    if (one != null) {
      one.spoiled = true;
    }
  }

  /**
   * A disk of this agent was set back. What no disk holds now is gone if it was on that disk, or
   * could not be read there, so that only that disk knew of its loss.
   */
  void setBack(AgentId agent, Set<Sha256> before, Set<Sha256> held) {
    forked.add(agent);
    setBack.add(agent);
    for (Written one : written.values()) {
      Sha256 content = one.batch.contentHash();
      boolean there = one.spoiled || before.contains(content);
      if (one.batch.id().agent().equals(agent) && there && !held.contains(content)) {
        one.gone = true;
      }
    }
  }

  /** Whether nobody can know that this is missing: its log and the database were set back. */
  boolean forgotten(Written one) {
    return one.gone
        || (wasLedgered(one.batch) && hasTwin(one))
        || (wentBack && setBack.contains(one.batch.id().agent()));
  }

  /**
   * Whether two logs of this agent gave out the same seqs, and besides a record of it could not be
   * read any more or the database went back: nobody can always tell then whose row a row is.
   */
  boolean isConfused(AgentId agent) {
    return forked.contains(agent) && (wentBack || spoiled.contains(agent));
  }

  /** Whether the ledger has another content under its id. */
  boolean hasTwin(Written one) {
    return database
        .ledgered(one.batch.id())
        .filter(content -> !content.equals(one.batch.contentHash()))
        .isPresent();
  }

  /**
   * Whether the ledger had this and was set back, and a log that counts on the row said its last
   * word, which is gone with the database as well: nobody knows of either.
   *
   * @param held contents that any log holds
   */
  boolean unspoken(Written one, Set<Sha256> held) {
    return wasLedgered(one.batch)
        && words.getOrDefault(one.batch.id().epoch(), List.of()).stream()
            .anyMatch(word -> !ledgered(word) && !held.contains(original(word).contentHash()));
  }

  /** The ledger had these before the database went back to an older state. */
  void archive(Map<BatchId, Sha256> ledger) {
    ledger.forEach((id, content) -> archive.computeIfAbsent(id, _ -> new HashSet<>()).add(content));
    wentBack = true;
  }

  long appends() {
    return appends;
  }

  long segmentsDeleted() {
    return segmentsDeleted;
  }
}
