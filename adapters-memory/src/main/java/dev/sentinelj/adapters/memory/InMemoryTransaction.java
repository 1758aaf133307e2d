package dev.sentinelj.adapters.memory;

import dev.sentinelj.adapters.memory.Rows.Begun;
import dev.sentinelj.adapters.memory.Rows.JournalKey;
import dev.sentinelj.adapters.memory.Rows.Kept;
import dev.sentinelj.adapters.memory.Rows.LedgerRow;
import dev.sentinelj.adapters.memory.Rows.OriginKey;
import dev.sentinelj.adapters.memory.Rows.ProgressRow;
import dev.sentinelj.adapters.memory.Rows.Sample;
import dev.sentinelj.adapters.memory.Rows.SeriesKey;
import dev.sentinelj.adapters.memory.Rows.SetKey;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.CopiedBatch;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.batch.MovedRecord;
import dev.sentinelj.core.block.Columns;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.frame.FrameAddress;
import dev.sentinelj.core.metric.Series;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.progress.EpochProgress;
import dev.sentinelj.ports.driven.BusPosition;
import dev.sentinelj.ports.driven.PartitionTransaction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Writes into copies and puts them into the database all at once. Used under its lock.
 *
 * <p>Longer than most files because it has a method for each statement of the port.
 */
final class InMemoryTransaction implements PartitionTransaction {
  private final InMemoryDatabase database;
  private final int partition;

  private final Table<BatchId, LedgerRow>.Staged ledger;
  private final Table<OriginKey, BatchId>.Staged origins;
  private final Table<EpochId, ProgressRow>.Staged progress;
  private final Table<SetKey, SeriesSet>.Staged sets;
  private final Table<SeriesKey, Long>.Staged series;
  private final Table<JournalKey, JournalRow>.Staged journal;
  private final StagedParked waiting;
  private final Table<FrameAddress, BusPosition>.Staged positions;
  private final Table<FrameAddress, Begun>.Staged begun;
  private final StagedLosses losses;
  private final StagedMoves moves;
  private final List<Sample> samples = new ArrayList<>();
  private final Table<Long, Kept>.Staged quarantine;
  private final Set<EpochId> locked = new HashSet<>();
  private final Map<AgentId, Integer> setCounts = new HashMap<>();
  private final Set<Long> lockedAside = new HashSet<>();
  private final boolean owner;
  private boolean fenced;
  private boolean ended;

  /**
   * @param owner whether it may move positions
   */
  InMemoryTransaction(InMemoryDatabase database, int partition, boolean owner) {
    this.database = database;
    this.partition = partition;
    this.owner = owner;
    this.ledger = database.ledger.stage();
    this.origins = database.origins.stage();
    this.progress = database.progress.stage();
    this.sets = database.sets.stage();
    this.series = database.series.stage();
    this.journal = database.journal.stage();
    this.waiting = new StagedParked(database, partition);
    this.quarantine = database.quarantine.stage();
    this.positions = database.positions.stage();
    this.begun = database.begun.stage();
    this.losses = new StagedLosses(database.losses.stage(), ledger);
    this.moves = new StagedMoves(database.moves.stage(), ledger, losses);
  }

  boolean fenced() {
    return fenced;
  }

  void end() {
    ended = true;
  }

  /**
   * Changes are numbered here, not when they are made: whoever reads meanwhile has a lesser number.
   */
  void commit() {
    database.countCommit();
    long number = database.nextNumber();
    long nowMillis = database.nowMillis();
    progress.rewrite(row -> row.numbered(number, nowMillis));
    ledger.apply();
    origins.apply();
    moves.apply();
    progress.apply();
    sets.apply();
    series.apply();
    journal.apply();
    waiting.apply();
    quarantine.apply();
    positions.apply();
    begun.apply();
    losses.apply();
    for (Sample sample : samples) {
      database
          .samples
          .computeIfAbsent(sample.seriesId(), id -> new SampleList())
          .add(sample.timeMillis(), sample.value());
    }
  }

  @Override
  public Map<EpochId, EpochProgress> lockEpochs(Collection<EpochId> epochs) {
    live();
    Set<EpochId> ordered = new TreeSet<>(Rows.EPOCHS);
    ordered.addAll(epochs);
    Map<EpochId, EpochProgress> found = new LinkedHashMap<>();
    for (EpochId epoch : ordered) {
      ProgressRow row = progress.get(epoch);
      if (row == null) {
        row = ProgressRow.unnumbered(EpochProgress.start(epoch));
        progress.put(epoch, row);
      }
      found.put(epoch, row.progress());
    }
    locked.addAll(ordered);
    return found;
  }

  @Override
  public List<LedgerAnswer> claim(List<LedgerClaim> claims) {
    live();
    return claims.stream().map(this::claim).toList();
  }

  private LedgerAnswer claim(LedgerClaim claim) {
    LedgerRow known = ledger.get(claim.id());
    if (known != null) {
      boolean same = known.contentHash().equals(claim.contentHash());
      return same ? LedgerAnswer.DUPLICATE : LedgerAnswer.FORK;
    }
    if (origins.get(new OriginKey(claim.id(), claim.contentHash())) != null) {
      return LedgerAnswer.DUPLICATE;
    }
    ledger.put(
        claim.id(),
        new LedgerRow(claim.id(), claim.contentHash(), claim.samples(), claim.sampleTo()));
    return claim.origin().map(origin -> claim(claim.id(), origin)).orElse(LedgerAnswer.NEW);
  }

  private LedgerAnswer claim(BatchId copy, CopiedBatch.Origin origin) {
    OriginKey key = new OriginKey(origin.id(), origin.contentHash());
    LedgerRow row = ledger.get(origin.id());
    if (origins.get(key) != null
        || (row != null && row.contentHash().equals(origin.contentHash()))) {
      return LedgerAnswer.COPIED;
    }
    origins.put(key, copy);
    return LedgerAnswer.NEW;
  }

  @Override
  public boolean claimOrigin(BatchId copy, CopiedBatch.Origin origin) {
    live();
    BatchId carrier = origins.get(new OriginKey(origin.id(), origin.contentHash()));
    return carrier == null ? claim(copy, origin) == LedgerAnswer.NEW : carrier.equals(copy);
  }

  @Override
  public Settlement addMove(EpochId closed, EpochId into, MovedRecord record) {
    live();
    return moves.add(closed, into, record);
  }

  @Override
  public Optional<Settlement> settlement(EpochId closed) {
    live();
    return moves.settlement(closed);
  }

  @Override
  public Optional<SeriesSet> knownSet(AgentId agent, Sha256 set) {
    live();
    return Optional.ofNullable(sets.get(new SetKey(agent, set)));
  }

  @Override
  public boolean addSet(AgentId agent, SeriesSet set) {
    live();
    SetKey key = new SetKey(agent, set.hash());
    if (sets.get(key) != null) {
      return true;
    }
    int kept = setCounts.computeIfAbsent(agent, this::setsOf);
    if (kept >= MAX_SETS) {
      return false;
    }
    sets.put(key, set);
    setCounts.put(agent, kept + 1);
    return true;
  }

  private int setsOf(AgentId agent) {
    return (int)
        database.sets.rows().keySet().stream().filter(key -> key.agent().equals(agent)).count();
  }

  @Override
  public long[] seriesIds(AgentId agent, SeriesSet set) {
    live();
    return set.series().stream().mapToLong(one -> seriesId(agent, one)).toArray();
  }

  private long seriesId(AgentId agent, Series one) {
    SeriesKey key = new SeriesKey(agent, one);
    Long known = series.get(key);
    if (known != null) {
      return known;
    }
    long id = database.nextNumber();
    series.put(key, id);
    return id;
  }

  @Override
  public void addSamples(long[] seriesIds, Columns columns) {
    live();
    if (seriesIds.length != columns.series()) {
      throw new IllegalArgumentException(
          seriesIds.length + " series ids for " + columns.series() + " columns");
    }
    List<Sample> added = new ArrayList<>(columns.samples());
    for (int column = 0; column < columns.series(); column++) {
      for (int row = 0; row < columns.rows(); row++) {
        if (columns.present(column, row)) {
          added.add(sample(seriesIds[column], columns.timeMillis(row), columns.value(column, row)));
        }
      }
    }
    samples.addAll(added);
  }

  private static Sample sample(long seriesId, long timeMillis, double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("a sample must be finite, not " + value);
    }
    return new Sample(seriesId, timeMillis, value);
  }

  @Override
  public void journal(JournalRow row) {
    live();
    BusPosition at = row.position();
    JournalKey key =
        new JournalKey(partition, row.lane(), at.generation(), at.sequence(), row.index());
    if (journal.get(key) != null) {
      throw new IllegalArgumentException("the journal has a row of this place: " + key);
    }
    journal.put(key, row);
  }

  @Override
  public void quarantine(QuarantineRow row) {
    live();
    boolean again =
        row.id().isPresent()
            && row.samples() == 0
            && quarantine.all().values().stream().anyMatch(kept -> same(kept.row(), row));
    if (!again) {
      long id = database.nextNumber();
      quarantine.put(id, new Kept(id, row, 0, ""));
    }
  }

  private static boolean same(QuarantineRow one, QuarantineRow other) {
    return one.id().equals(other.id())
        && one.reason().equals(other.reason())
        && Arrays.equals(one.bytes(), other.bytes());
  }

  @Override
  public Optional<QuarantineRow> lockQuarantined(long id) {
    live();
    Kept kept = quarantine.get(id);
    if (kept == null || kept.replayedAtMillis() != 0) {
      return Optional.empty();
    }
    lockedAside.add(id);
    return Optional.of(kept.row());
  }

  @Override
  public void markReplayed(long id, String by) {
    live();
    Kept kept = quarantine.get(id);
    if (kept == null || !lockedAside.remove(id)) {
      throw new IllegalStateException("the row kept aside is not locked: " + id);
    }
    quarantine.put(id, kept.replayed(database.nowMillis(), by));
  }

  @Override
  public long addLosses(EpochId epoch, LossRecord record) {
    live();
    return losses.add(epoch, record.entries());
  }

  @Override
  public long removeLosses(EpochId epoch, Collection<Long> seqs) {
    live();
    return losses.remove(epoch, seqs);
  }

  @Override
  public Collected collected(EpochId epoch) {
    live();
    return moves.collected(epoch);
  }

  @Override
  public boolean park(ParkedBatch batch) {
    live();
    return waiting.park(batch);
  }

  @Override
  public List<ParkedBatch> unpark(AgentId agent, Sha256 set, Portion most) {
    live();
    return waiting.unpark(row -> row.of(agent) && row.batch().missingSet().equals(set), most);
  }

  @Override
  public List<ParkedBatch> unparkKnown(Portion most) {
    live();
    return waiting.unpark(
        row ->
            row.partition() == partition
                && sets.get(new SetKey(row.epoch().agent(), row.batch().missingSet())) != null,
        most);
  }

  @Override
  public List<ParkedBatch> unparkBefore(long receivedBeforeMillis, Portion most) {
    live();
    return waiting.unpark(
        row ->
            row.partition() == partition && row.batch().receivedAtMillis() < receivedBeforeMillis,
        most);
  }

  @Override
  public void saveProgress(Collection<EpochProgress> saved) {
    live();
    for (EpochProgress one : saved) {
      ProgressRow row = progress.get(one.epoch());
      if (row == null || !locked.contains(one.epoch())) {
        throw new IllegalStateException("the epoch is not locked: " + one.epoch());
      }
      progress.put(one.epoch(), new ProgressRow(one, row.born(), 0, 0));
    }
  }

  @Override
  public boolean movePosition(Lane lane, BusPosition from, BusPosition to) {
    live();
    FrameAddress address = new FrameAddress(partition, lane);
    if (!owner || fenced || positions.getOr(address, BusPosition.START).compareTo(from) != 0) {
      fenced = true;
      return false;
    }
    positions.put(address, to);
    begun.put(address, Begun.NEVER);
    return true;
  }

  private void live() {
    if (ended) {
      throw new IllegalStateException("the transaction is over");
    }
  }
}
