package dev.sentinelj.adapters.memory;

import dev.sentinelj.adapters.memory.Rows.LedgerRow;
import dev.sentinelj.adapters.memory.Rows.Parked;
import dev.sentinelj.adapters.memory.Rows.ProgressRow;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.frame.FrameAddress;
import dev.sentinelj.core.progress.Committed;
import dev.sentinelj.core.progress.EpochProgress;
import dev.sentinelj.core.progress.LaneRead;
import dev.sentinelj.core.session.ReconcileAnswer;
import dev.sentinelj.ports.driven.BusPosition;
import dev.sentinelj.ports.driven.ProgressFeed;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * {@link ProgressFeed} over an {@link InMemoryDatabase}; a cursor is the number of a transaction.
 */
public final class InMemoryProgressFeed implements ProgressFeed {
  private static final long FIRST_PAGE_MILLIS = 3_600_000;

  private final InMemoryDatabase database;
  private final Executor executor;

  public InMemoryProgressFeed(InMemoryDatabase database, Executor executor) {
    this.database = database;
    this.executor = executor;
  }

  @Override
  public CompletionStage<Page> changedSince(Optional<String> cursor) {
    return database.later(executor, "changedSince", () -> page(cursor.flatMap(this::number)));
  }

  @Override
  public CompletionStage<EpochWord> of(EpochId epoch) {
    return database.later(executor, "of", () -> word(epoch));
  }

  @Override
  public CompletionStage<List<ReconcileAnswer.Row>> ledger(EpochId epoch, long from, long to) {
    return database.later(executor, "ledger", () -> rows(epoch, Math.max(1, from), to));
  }

  @Override
  public CompletionStage<Void> close(EpochId epoch) {
    return database.later(executor, "close", () -> closeNow(epoch));
  }

  /** The lock that transactions run under is held. */
  private void closeNow(EpochId epoch) {
    ProgressRow row = database.progress.rows().get(epoch);
    ProgressRow before = row == null ? ProgressRow.unnumbered(EpochProgress.start(epoch)) : row;
    ProgressRow after =
        new ProgressRow(before.progress().withClosed(), before.born(), 0, 0)
            .numbered(database.nextNumber(), database.nowMillis());
    database.progress.rows().put(epoch, after);
  }

  @Override
  public CompletionStage<List<AgentId>> deleted() {
    return database.later(
        executor,
        "deleted",
        () ->
            database.agents.entrySet().stream()
                .filter(entry -> entry.getValue().deleted())
                .map(Map.Entry::getKey)
                .toList());
  }

  private Page page(Optional<Long> after) {
    long since = database.nowMillis() - FIRST_PAGE_MILLIS;
    List<EpochWord> words = new ArrayList<>();
    database
        .progress
        .rows()
        .forEach((epoch, row) -> {
          if (after.map(number -> row.changed() > number).orElse(row.changedMillis() >= since)) {
            words.add(word(epoch));
          }
        });
    return new Page(words, life() + database.lastNumber());
  }

  /** Empty for a cursor that this database did not give out. */
  private Optional<Long> number(String cursor) {
    String life = life();
    if (!cursor.startsWith(life)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Long.parseLong(cursor.substring(life.length())))
          .filter(number -> number <= database.lastNumber());
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** A database that went back to an older state is another one to whoever read it before. */
  private String life() {
    return database.restores() + "/";
  }

  private EpochWord word(EpochId epoch) {
    ProgressRow row = database.progress.rows().get(epoch);
    EpochProgress progress = row == null ? EpochProgress.start(epoch) : row.progress();
    List<Parked> waiting =
        database.parked.rows().values().stream()
            .filter(parked -> parked.epoch().equals(epoch))
            .toList();
    List<Long> seqs =
        waiting.stream()
            .map(parked -> parked.batch().row().batch().id().seq())
            .distinct()
            .sorted()
            .toList();
    List<Sha256> sets =
        waiting.stream().map(parked -> parked.batch().missingSet()).distinct().toList();
    return new EpochWord(new Committed(firstRanges(progress), seqs, lanes(epoch.agent())), sets);
  }

  private static EpochProgress firstRanges(EpochProgress progress) {
    return new EpochProgress(
        progress.epoch(),
        progress.through(),
        progress.above().stream().limit(Committed.MAX_RANGES).toList(),
        progress.balance(),
        progress.closed(),
        progress.forked());
  }

  private List<LaneRead> lanes(AgentId agent) {
    int partition = FrameAddress.partitionOf(agent, database.partitions());
    List<LaneRead> lanes = new ArrayList<>();
    for (Lane lane : Lane.values()) {
      BusPosition at =
          database
              .positions
              .rows()
              .getOrDefault(new FrameAddress(partition, lane), BusPosition.START);
      lanes.add(new LaneRead(partition, lane, at.generation(), at.sequence()));
    }
    return lanes;
  }

  private List<ReconcileAnswer.Row> rows(EpochId epoch, long from, long to) {
    if (to < from) {
      return List.of();
    }
    return database
        .ledger
        .rows()
        .subMap(new BatchId(epoch, from), true, new BatchId(epoch, to), true)
        .values()
        .stream()
        .map(InMemoryProgressFeed::row)
        .toList();
  }

  private static ReconcileAnswer.Row row(LedgerRow row) {
    return new ReconcileAnswer.Row(row.id().seq(), row.contentHash());
  }
}
