package dev.sentinelj.adapters.timescale;

import static dev.sentinelj.adapters.timescale.jooq.Tables.AGENTS;
import static dev.sentinelj.adapters.timescale.jooq.Tables.AGENT_PROGRESS;
import static dev.sentinelj.adapters.timescale.jooq.Tables.BATCH_LEDGER;
import static dev.sentinelj.adapters.timescale.jooq.Tables.BUS_POSITIONS;
import static dev.sentinelj.adapters.timescale.jooq.Tables.INSTALLATION;
import static dev.sentinelj.adapters.timescale.jooq.Tables.PARKED;

import dev.sentinelj.adapters.timescale.jooq.Routines;
import dev.sentinelj.adapters.timescale.jooq.tables.records.AgentProgressRecord;
import dev.sentinelj.adapters.timescale.jooq.tables.records.BusPositionsRecord;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.frame.FrameAddress;
import dev.sentinelj.core.progress.Committed;
import dev.sentinelj.core.progress.EpochProgress;
import dev.sentinelj.core.progress.LaneRead;
import dev.sentinelj.core.session.ReconcileAnswer;
import dev.sentinelj.ports.driven.ProgressFeed;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.impl.DSL;
import org.jooq.types.DayToSecond;

/**
 * The word on epochs, each answer from one REPEATABLE READ snapshot.
 *
 * <p>A cursor is the xmin of its snapshot: every transaction that snapshot could not see has an id
 * at or above it, so asking for rows changed at or above the cursor misses none, however long a
 * transaction took to commit. It carries the identity of the database too, because a restored one
 * counts transactions anew. A replica that took over behind its primary keeps the identity but has
 * a lesser xmin than cursors given out before: such a cursor counts for nothing.
 */
public final class TimescaleProgressFeed implements ProgressFeed {
  /**
   * How long closing an epoch waits for the transaction that holds it. It waits on a connection of
   * the pool; the same call may succeed later.
   */
  static final long CLOSE_WAIT_MILLIS = 2_000;

  private static final DayToSecond FIRST_PAGE = DayToSecond.hour("1");

  private final Database database;

  public TimescaleProgressFeed(Database database) {
    this.database = database;
  }

  @Override
  public CompletionStage<Page> changedSince(Optional<String> cursor) {
    return database.later(() -> snapshot("reading progress", dsl -> page(dsl, cursor)));
  }

  @Override
  public CompletionStage<EpochWord> of(EpochId epoch) {
    return database.later(
        () -> snapshot("reading the progress of " + epoch, dsl -> word(dsl, epoch)));
  }

  @Override
  public CompletionStage<List<ReconcileAnswer.Row>> ledger(EpochId epoch, long from, long to) {
    return database.later(() ->
        database.ask(
            "reading the ledger of " + epoch,
            dsl ->
                dsl.select(BATCH_LEDGER.SEQ, BATCH_LEDGER.CONTENT_HASH)
                    .from(BATCH_LEDGER)
                    .where(
                        BATCH_LEDGER.AGENT.eq(epoch.agent().value()),
                        BATCH_LEDGER.EPOCH.eq(epoch.epoch()),
                        BATCH_LEDGER.SEQ.between(from, to))
                    .orderBy(BATCH_LEDGER.SEQ)
                    .fetch(row ->
                        new ReconcileAnswer.Row(row.value1(), Sha256.fromBytes(row.value2())))));
  }

  @Override
  public CompletionStage<Void> close(EpochId epoch) {
    return database
        .later(() -> database.transact("closing " + epoch, dsl -> closeNow(dsl, epoch)))
        .thenAccept(_ -> {});
  }

  /** The row is locked by it, so whoever locked it before is waited for. */
  private static int closeNow(DSLContext dsl, EpochId epoch) {
    dsl.execute("SET LOCAL lock_timeout = " + CLOSE_WAIT_MILLIS);
    Field<Long> transaction = Routines.sentinelXid();
    return dsl.insertInto(AGENT_PROGRESS)
        .set(AGENT_PROGRESS.AGENT, epoch.agent().value())
        .set(AGENT_PROGRESS.EPOCH, epoch.epoch())
        .set(AGENT_PROGRESS.CLOSED, true)
        .set(AGENT_PROGRESS.CHANGED, transaction)
        .onConflict(AGENT_PROGRESS.AGENT, AGENT_PROGRESS.EPOCH)
        .doUpdate()
        .set(AGENT_PROGRESS.CLOSED, true)
        .set(AGENT_PROGRESS.CHANGED, transaction)
        .set(AGENT_PROGRESS.CHANGED_AT, DSL.currentOffsetDateTime())
        .execute();
  }

  @Override
  public CompletionStage<List<AgentId>> deleted() {
    return database.later(() ->
        database.ask(
            "reading deleted agents",
            dsl ->
                dsl.select(AGENTS.ID)
                    .from(AGENTS)
                    .where(AGENTS.DELETED_AT.isNotNull())
                    .orderBy(AGENTS.ID)
                    .fetch(row -> new AgentId(row.value1()))));
  }

  private <T> T snapshot(String doing, Function<DSLContext, T> question) {
    return database.snapshot(doing, question);
  }

  private static Page page(DSLContext dsl, Optional<String> cursor) {
    var installation = dsl.selectFrom(INSTALLATION).fetchSingle();
    String identity = installation.getIdentity() + "/" + installation.getRestoreGeneration() + "/";
    long xmin = Routines.sentinelXmin(dsl.configuration());
    Condition changed =
        cursor
            .flatMap(text -> number(text, identity))
            .filter(number -> number <= xmin)
            .map(AGENT_PROGRESS.CHANGED::ge)
            .orElse(AGENT_PROGRESS.CHANGED_AT.ge(DSL.currentOffsetDateTime().minus(FIRST_PAGE)));
    List<EpochProgress> rows =
        dsl.selectFrom(AGENT_PROGRESS).where(changed).fetch(TimescaleProgressFeed::progress);
    return new Page(words(dsl, rows, installation.getPartitions()), identity + xmin);
  }

  /** Empty for a cursor that this database did not give out. */
  private static Optional<Long> number(String cursor, String identity) {
    if (!cursor.startsWith(identity)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Long.parseLong(cursor.substring(identity.length())));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static EpochWord word(DSLContext dsl, EpochId epoch) {
    int partitions = dsl.select(INSTALLATION.PARTITIONS).from(INSTALLATION).fetchSingle().value1();
    EpochProgress progress =
        dsl.selectFrom(AGENT_PROGRESS)
            .where(
                AGENT_PROGRESS.AGENT.eq(epoch.agent().value()),
                AGENT_PROGRESS.EPOCH.eq(epoch.epoch()))
            .fetchOptional(TimescaleProgressFeed::progress)
            .orElse(EpochProgress.start(epoch));
    return words(dsl, List.of(progress), partitions).getFirst();
  }

  private static List<EpochWord> words(DSLContext dsl, List<EpochProgress> rows, int partitions) {
    if (rows.isEmpty()) {
      return List.of();
    }
    Map<Integer, List<LaneRead>> lanes = lanes(dsl);
    Map<EpochId, Waiting> waiting = waiting(dsl, rows);
    List<EpochWord> words = new ArrayList<>(rows.size());
    for (EpochProgress row : rows) {
      int partition = FrameAddress.partitionOf(row.epoch().agent(), partitions);
      Waiting own = waiting.getOrDefault(row.epoch(), Waiting.nothing());
      words.add(
          new EpochWord(
              new Committed(
                  row, List.copyOf(own.seqs()), lanes.getOrDefault(partition, unread(partition))),
              List.copyOf(own.sets())));
    }
    return words;
  }

  private static Map<Integer, List<LaneRead>> lanes(DSLContext dsl) {
    Map<Integer, List<LaneRead>> lanes = new HashMap<>();
    for (BusPositionsRecord row :
        dsl.selectFrom(BUS_POSITIONS)
            .orderBy(BUS_POSITIONS.PARTITION, BUS_POSITIONS.LANE)
            .fetch()) {
      lanes
          .computeIfAbsent(row.getPartition(), _ -> new ArrayList<>())
          .add(
              new LaneRead(
                  row.getPartition(),
                  Lane.ofCode(row.getLane()),
                  row.getGeneration(),
                  row.getSequence()));
    }
    return lanes;
  }

  private static List<LaneRead> unread(int partition) {
    return List.of(
        new LaneRead(partition, Lane.FRESH, 0, 0), new LaneRead(partition, Lane.BACKLOG, 0, 0));
  }

  /** What is parked of an epoch: seqs ascending, sets in the order they were missed. */
  private record Waiting(Set<Long> seqs, Set<Sha256> sets) {
    static Waiting nothing() {
      return new Waiting(new TreeSet<>(), new LinkedHashSet<>());
    }
  }

  private static Map<EpochId, Waiting> waiting(DSLContext dsl, Collection<EpochProgress> rows) {
    Set<String> agents = new TreeSet<>();
    rows.forEach(row -> agents.add(row.epoch().agent().value()));
    Map<EpochId, Waiting> waiting = new HashMap<>();
    for (var row :
        dsl.select(PARKED.AGENT, PARKED.EPOCH, PARKED.SEQ, PARKED.MISSING_SET)
            .from(PARKED)
            .where(PARKED.AGENT.eq(DSL.any(agents.toArray(String[]::new))))
            .orderBy(PARKED.ID)
            .fetch()) {
      EpochId epoch = new EpochId(new AgentId(row.value1()), row.value2());
      Waiting own = waiting.computeIfAbsent(epoch, _ -> Waiting.nothing());
      own.seqs().add(row.value3());
      own.sets().add(Sha256.fromBytes(row.value4()));
    }
    return waiting;
  }

  private static EpochProgress progress(AgentProgressRecord row) {
    return new EpochProgress(
        new EpochId(new AgentId(row.getAgent()), row.getEpoch()),
        row.getThrough(),
        ProgressRows.ranges(row.getRanges()).stream().limit(Committed.MAX_RANGES).toList(),
        ProgressRows.balance(row),
        row.getClosed(),
        row.getForked());
  }
}
