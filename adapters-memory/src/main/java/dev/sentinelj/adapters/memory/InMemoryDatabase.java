package dev.sentinelj.adapters.memory;

import dev.sentinelj.adapters.memory.FaultPlan.Fault;
import dev.sentinelj.adapters.memory.Rows.Begun;
import dev.sentinelj.adapters.memory.Rows.JournalKey;
import dev.sentinelj.adapters.memory.Rows.Kept;
import dev.sentinelj.adapters.memory.Rows.LeaseRow;
import dev.sentinelj.adapters.memory.Rows.LedgerRow;
import dev.sentinelj.adapters.memory.Rows.Loss;
import dev.sentinelj.adapters.memory.Rows.MoveKey;
import dev.sentinelj.adapters.memory.Rows.OriginKey;
import dev.sentinelj.adapters.memory.Rows.Parked;
import dev.sentinelj.adapters.memory.Rows.ProgressRow;
import dev.sentinelj.adapters.memory.Rows.SeriesKey;
import dev.sentinelj.adapters.memory.Rows.SetKey;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.frame.FrameAddress;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.AgentRegistry.JoinToken;
import dev.sentinelj.ports.driven.BusPosition;
import dev.sentinelj.ports.driven.OperatorStore.ApiToken;
import dev.sentinelj.ports.driven.OperatorStore.Operator;
import dev.sentinelj.ports.driven.PartitionTransaction.JournalRow;
import dev.sentinelj.ports.driven.PartitionTransaction.QuarantineRow;
import dev.sentinelj.ports.driven.PartitionTransaction.Settlement;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What a database is to the adapters of this package: it outlives them, as a database outlives the
 * processes that use it. One lock, so every transaction and every answer is a snapshot. Thread
 * safe.
 */
public final class InMemoryDatabase {
  private final LongSupplier clockMillis;
  private final int partitions;
  private FaultPlan faults = FaultPlan.none();

  final Table<BatchId, LedgerRow> ledger = new Table<>(Rows.BATCHES);
  final Table<OriginKey, BatchId> origins = new Table<>(OriginKey.ORDER);
  final Table<MoveKey, Settlement> moves = new Table<>(MoveKey.ORDER);
  final Table<EpochId, ProgressRow> progress = new Table<>(Rows.EPOCHS);
  final Table<SetKey, SeriesSet> sets = new Table<>(SetKey.ORDER);
  final Table<SeriesKey, Long> series = new Table<>(SeriesKey.ORDER);
  final Map<Long, SampleList> samples = new HashMap<>();
  final Table<JournalKey, JournalRow> journal = new Table<>(JournalKey.ORDER);
  final Table<Long, Kept> quarantine = new Table<>(Comparator.comparingLong(Long::longValue));
  final Table<EpochId, List<Loss>> losses = new Table<>(Rows.EPOCHS);
  final Table<Long, Parked> parked = new Table<>(Comparator.comparingLong(Long::longValue));
  final Table<FrameAddress, BusPosition> positions = new Table<>(Rows.LANES);
  final Table<FrameAddress, Begun> begun = new Table<>(Rows.LANES);
  final SortedMap<Integer, LeaseRow> leases = new TreeMap<>();
  final SortedMap<AgentId, AgentRow> agents = new TreeMap<>();
  final Map<String, TokenRow> joinTokens = new HashMap<>();
  final SortedMap<String, Operator> operators = new TreeMap<>();
  final Map<String, ApiToken> apiTokens = new HashMap<>();

  private long lastNumber;
  private long commits;
  private long restores;

  /**
   * @param clockMillis the database's own clock, milliseconds since the Unix epoch
   * @param partitions how many partitions the installation has, 1 to 1,024
   */
  public InMemoryDatabase(LongSupplier clockMillis, int partitions) {
    if (partitions < 1 || partitions > FrameAddress.MAX_PARTITIONS) {
      throw new IllegalArgumentException("1 to 1024 partitions, not " + partitions);
    }
    this.clockMillis = clockMillis;
    this.partitions = partitions;
  }

  /** Calls that begin after this fail as {@code plan} says. */
  public synchronized void faults(FaultPlan plan) {
    faults = plan;
  }

  /** A backup of everything that workers write. */
  public synchronized DatabaseImage image() {
    return new DatabaseImage(this);
  }

  /**
   * Goes back to an image of this database, as a restore from a backup does: every lease is gone
   * with its connection, and a cursor given out since counts as none.
   */
  public synchronized void restore(DatabaseImage image) {
    image.putBack(this);
    leases.clear();
    restores++;
  }

  /** Loses the definitions of all series sets; the series stay. */
  public synchronized void loseSets() {
    sets.rows().clear();
  }

  List<Table<?, ?>> tables() {
    return List.of(
        ledger,
        origins,
        moves,
        progress,
        sets,
        series,
        journal,
        quarantine,
        losses,
        parked,
        positions,
        begun);
  }

  /** How often it went back to an image. */
  long restores() {
    return restores;
  }

  /** Leaves a tombstone: the agent's id is never given out again. */
  public synchronized void deleteAgent(AgentId agent, long atMillis) {
    agents.computeIfPresent(agent, (id, row) -> row.deletedAt(atMillis));
  }

  /** The journal of one lane, in its order. */
  public synchronized List<JournalRow> journal(int partition, Lane lane) {
    JournalKey from = new JournalKey(partition, lane, Long.MIN_VALUE, Long.MIN_VALUE, 0);
    JournalKey to =
        new JournalKey(partition, lane, Long.MAX_VALUE, Long.MAX_VALUE, Integer.MAX_VALUE);
    return List.copyOf(journal.rows().subMap(from, true, to, true).values());
  }

  /** The content hash of each batch in the ledger, for checks on the whole of it. */
  public synchronized Map<BatchId, Sha256> ledger() {
    SortedMap<BatchId, Sha256> hashes = new TreeMap<>(Rows.BATCHES);
    ledger.rows().forEach((id, row) -> hashes.put(id, row.contentHash()));
    return hashes;
  }

  /** Everything that was kept aside, oldest first, for checks on the whole of it. */
  public synchronized List<QuarantineRow> quarantined() {
    return quarantine.rows().values().stream().map(Kept::row).toList();
  }

  /** How many transactions were committed, so that whoever watches can tell one that was not. */
  public synchronized long commits() {
    return commits;
  }

  void countCommit() {
    commits++;
  }

  /** How many samples are stored, of all series of an agent. */
  public synchronized long storedSamples(AgentId agent) {
    return series.rows().entrySet().stream()
        .filter(entry -> entry.getKey().agent().equals(agent))
        .mapToLong(entry -> samplesOf(entry.getValue()).size())
        .sum();
  }

  int partitions() {
    return partitions;
  }

  long nowMillis() {
    return clockMillis.getAsLong();
  }

  /** Numbers that only grow: transactions, series, rows. A number may be used for nothing. */
  long nextNumber() {
    return ++lastNumber;
  }

  long lastNumber() {
    return lastNumber;
  }

  SampleList samplesOf(long seriesId) {
    return samples.getOrDefault(seriesId, new SampleList());
  }

  /** Runs {@code body} under the lock, with whatever fault is due. */
  <T> T call(String name, Supplier<T> body) {
    return callKnowing(
        name,
        fault -> {
          if (fault != Fault.NONE) {
            throw unavailable(name);
          }
          return body.get();
        });
  }

  /** As {@link #call}, for a body that fails by itself where the fault lies within it. */
  private synchronized <T> T callKnowing(String name, Function<Fault, T> body) {
    Fault fault = faults.next(name);
    if (fault == Fault.BEFORE) {
      throw unavailable(name);
    }
    T answer = body.apply(fault == Fault.AFTER ? Fault.NONE : fault);
    if (fault == Fault.AFTER) {
      throw new PortUnavailableException(name + ": the answer of the database was lost");
    }
    return answer;
  }

  static PortUnavailableException unavailable(String name) {
    return new PortUnavailableException(name + ": the database did not answer");
  }

  /** As {@link #call}, when {@code executor} comes to it; the answer is another task of it. */
  <T> CompletionStage<T> later(Executor executor, String name, Supplier<T> body) {
    return answered(executor, () -> call(name, body));
  }

  /** As {@link #later}, for a body that fails by itself where the fault lies within it. */
  <T> CompletionStage<T> laterKnowing(Executor executor, String name, Function<Fault, T> body) {
    return answered(executor, () -> callKnowing(name, body));
  }

  /** As {@link #later}, for what has no answer. */
  CompletionStage<Void> later(Executor executor, String name, Runnable body) {
    return later(executor, name, () -> done(body)).thenRun(() -> {});
  }

  private static boolean done(Runnable body) {
    body.run();
    return true;
  }

  /** Between the two tasks whoever asked may die, which does not undo what was done. */
  private static <T> CompletionStage<T> answered(Executor executor, Supplier<T> call) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    executor.execute(() -> {
      try {
        T value = call.get();
        executor.execute(() -> answer.complete(value));
      } catch (RuntimeException | Error e) {
        executor.execute(() -> answer.completeExceptionally(e));
      }
    });
    return answer;
  }

  /**
   * @param usesLeft how many agents may still enrol with it
   */
  record TokenRow(JoinToken token, int usesLeft) {
    TokenRow used() {
      return new TokenRow(token, usesLeft - 1);
    }
  }
}
