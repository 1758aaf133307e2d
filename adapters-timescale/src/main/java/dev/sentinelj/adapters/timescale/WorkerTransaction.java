package dev.sentinelj.adapters.timescale;

import static dev.sentinelj.adapters.timescale.Failures.at;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.CopiedBatch;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.batch.MovedRecord;
import dev.sentinelj.core.block.Columns;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.failpoint.Failpoint;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.progress.EpochProgress;
import dev.sentinelj.ports.driven.BusPosition;
import dev.sentinelj.ports.driven.PartitionTransaction;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The statements of one transaction; samples and journal rows are held back and written in large
 * COPYs.
 */
final class WorkerTransaction implements PartitionTransaction {
  private static final String MOVE =
      """
      UPDATE bus_positions SET generation = ?, sequence = ?, stamp_ms = ?, begun = 0, try_index = NULL
      WHERE partition = ? AND lane = ? AND generation = ? AND sequence = ?\
      """;

  private final Connection connection;
  private final int partition;
  private final SeriesLookup series;
  private final Ledger ledger;
  private final ProgressRows progress;
  private final SampleBuffer samples;
  private final JournalBuffer journal;
  private final LossRows losses;
  private final MoveRows moves;
  private final KeptAside aside;
  private final ParkedRows parked;
  private final Set<EpochId> locked = new HashSet<>();
  private final Set<Long> lockedAside = new HashSet<>();
  private final boolean owner;
  private @Nullable String fence;
  private boolean over;

  /**
   * @param owner whether it may move positions
   */
  WorkerTransaction(
      Connection connection,
      int partition,
      boolean owner,
      SeriesLookup series,
      DayPartitions days) {
    DSLContext dsl = Database.on(connection);
    this.connection = connection;
    this.partition = partition;
    this.owner = owner;
    this.series = series;
    this.ledger = new Ledger(connection);
    this.progress = new ProgressRows(connection);
    this.samples = new SampleBuffer(connection, days);
    this.journal = new JournalBuffer(connection, days, partition);
    this.losses = new LossRows(dsl, ledger);
    this.moves = new MoveRows(dsl, connection, ledger, losses);
    this.aside = new KeptAside(dsl);
    this.parked = new ParkedRows(dsl, partition);
  }

  boolean fenced() {
    return fence != null;
  }

  String fence() {
    return fence == null ? "" : fence;
  }

  /** Writes what was held back; the last act before COMMIT. */
  void finish() {
    if (fenced()) {
      return;
    }
    run(
        "writing samples and journal",
        () -> {
          samples.flush();
          Failpoint.WORKER_COPIED.hit();
          journal.flush();
          progress.finish();
        });
  }

  /** Whoever kept a reference cannot use it any more. */
  void end() {
    over = true;
  }

  void committed() {
    series.publish();
  }

  @Override
  public Map<EpochId, EpochProgress> lockEpochs(Collection<EpochId> epochs) {
    live();
    locked.addAll(epochs);
    return at("locking epochs", () -> progress.lock(epochs));
  }

  @Override
  public List<LedgerAnswer> claim(List<LedgerClaim> claims) {
    live();
    return at("claiming batches", () -> ledger.claim(claims));
  }

  @Override
  public boolean claimOrigin(BatchId copy, CopiedBatch.Origin origin) {
    live();
    return at("claiming the origin of a copy", () -> ledger.claimOrigin(copy, origin));
  }

  @Override
  public Optional<SeriesSet> knownSet(AgentId agent, Sha256 set) {
    live();
    return at("looking up a series set", () -> series.known(agent, set));
  }

  @Override
  public boolean addSet(AgentId agent, SeriesSet set) {
    live();
    return at("adding a series set", () -> series.add(agent, set));
  }

  @Override
  public long[] seriesIds(AgentId agent, SeriesSet set) {
    live();
    return at("looking up series", () -> series.ids(agent, set)).clone();
  }

  @Override
  public void addSamples(long[] seriesIds, Columns columns) {
    live();
    run("adding samples", () -> samples.add(seriesIds, columns));
  }

  @Override
  public void journal(JournalRow row) {
    live();
    run("adding to the journal", () -> journal.add(row));
  }

  @Override
  public void quarantine(QuarantineRow row) {
    live();
    run("keeping a row aside", () -> aside.quarantine(row));
  }

  @Override
  public Optional<QuarantineRow> lockQuarantined(long id) {
    live();
    Optional<QuarantineRow> row = at("locking a row kept aside", () -> aside.lock(id));
    row.ifPresent(_ -> lockedAside.add(id));
    return row;
  }

  @Override
  public void markReplayed(long id, String by) {
    live();
    if (!lockedAside.remove(id)) {
      throw new IllegalStateException("the row kept aside is not locked: " + id);
    }
    run("marking a row as replayed", () -> aside.markReplayed(id, by));
  }

  @Override
  public long addLosses(EpochId epoch, LossRecord record) {
    live();
    return at("adding losses", () -> losses.add(epoch, record));
  }

  @Override
  public long removeLosses(EpochId epoch, Collection<Long> seqs) {
    live();
    return at("removing losses", () -> losses.remove(epoch, seqs));
  }

  @Override
  public Collected collected(EpochId epoch) {
    live();
    return at("counting what was collected", () -> moves.collected(epoch));
  }

  @Override
  public Settlement addMove(EpochId closed, EpochId into, MovedRecord record) {
    live();
    return at("settling a closed epoch", () -> moves.add(closed, into, record));
  }

  @Override
  public Optional<Settlement> settlement(EpochId closed) {
    live();
    return at("settling an epoch", () -> moves.settlement(closed));
  }

  @Override
  public boolean park(ParkedBatch batch) {
    live();
    progress.touch(batch.row().batch().id().epoch());
    return at("parking a batch", () -> parked.park(batch));
  }

  @Override
  public List<ParkedBatch> unpark(AgentId agent, Sha256 set, Portion most) {
    return unparked("releasing parked batches", () -> parked.unpark(agent, set, most));
  }

  @Override
  public List<ParkedBatch> unparkKnown(Portion most) {
    return unparked("releasing parked batches", () -> parked.unparkKnown(most));
  }

  @Override
  public List<ParkedBatch> unparkBefore(long receivedBeforeMillis, Portion most) {
    return unparked(
        "giving up parked batches", () -> parked.unparkBefore(receivedBeforeMillis, most));
  }

  private List<ParkedBatch> unparked(
      String doing, Failures.Statement<List<ParkedBatch>> statement) {
    live();
    List<ParkedBatch> released = at(doing, statement);
    released.forEach(batch -> progress.touch(batch.row().batch().id().epoch()));
    return released;
  }

  @Override
  public void saveProgress(Collection<EpochProgress> rows) {
    live();
    for (EpochProgress row : rows) {
      if (!locked.contains(row.epoch())) {
        throw new IllegalStateException("the epoch is not locked: " + row.epoch());
      }
    }
    run("saving progress", () -> progress.save(rows));
  }

  @Override
  public boolean movePosition(Lane lane, BusPosition from, BusPosition to) {
    live();
    if (!owner) {
      fence = "a repair of partition " + partition + " moves no position";
    }
    if (fence == null && at("moving the position", () -> move(lane, from, to)) != 1) {
      fence = "the position of partition " + partition + ", lane " + lane + " is not " + from;
    }
    return fence == null;
  }

  private int move(Lane lane, BusPosition from, BusPosition to) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(MOVE)) {
      statement.setLong(1, to.generation());
      statement.setLong(2, to.sequence());
      statement.setLong(3, to.stampMillis());
      statement.setInt(4, partition);
      statement.setInt(5, lane.code());
      statement.setLong(6, from.generation());
      statement.setLong(7, from.sequence());
      return statement.executeUpdate();
    }
  }

  @FunctionalInterface
  private interface Action {
    void run() throws SQLException;
  }

  private static void run(String doing, Action action) {
    at(
        doing,
        () -> {
          action.run();
          return doing;
        });
  }

  private void live() {
    if (over) {
      throw new IllegalStateException("the transaction is over");
    }
  }
}
