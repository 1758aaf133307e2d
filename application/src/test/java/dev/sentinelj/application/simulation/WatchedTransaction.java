package dev.sentinelj.application.simulation;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.CopiedBatch;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.batch.MovedRecord;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.block.Columns;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.progress.Balance;
import dev.sentinelj.core.progress.EpochProgress;
import dev.sentinelj.core.progress.SeqRanges;
import dev.sentinelj.core.wire.WireReader;
import dev.sentinelj.ports.driven.BusPosition;
import dev.sentinelj.ports.driven.PartitionStore;
import dev.sentinelj.ports.driven.PartitionTransaction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A transaction that remembers what it added, and cheats where the simulation is to notice. */
final class WatchedTransaction implements PartitionTransaction {
  private final Plant plant;
  private final int partition;
  private final PartitionTransaction tx;
  private final List<Added> added = new ArrayList<>();

  /** By content: a copy is taken for what it carries. */
  private final Map<Sha256, Lane> lanes = new HashMap<>();

  /** Batches the ledger had already, although the script was told that they are new. */
  private final Set<BatchId> known = new HashSet<>();

  private final Set<String> done = new HashSet<>();
  private final Map<EpochId, Balance> hidden = new HashMap<>();
  private PartitionStore.@Nullable Script move;

  WatchedTransaction(Plant plant, int partition, PartitionTransaction tx) {
    this.plant = plant;
    this.partition = partition;
    this.tx = tx;
  }

  record Added(long series, Book.Cell cell) {}

  int partition() {
    return partition;
  }

  List<Added> added() {
    return added;
  }

  Map<Sha256, Lane> lanes() {
    return lanes;
  }

  PartitionStore.@Nullable Script moveLater() {
    return move;
  }

  @Override
  public Map<EpochId, EpochProgress> lockEpochs(Collection<EpochId> epochs) {
    return tx.lockEpochs(epochs);
  }

  @Override
  public List<LedgerAnswer> claim(List<LedgerClaim> claims) {
    List<LedgerAnswer> answers = tx.claim(claims);
    return switch (plant.sabotage()) {
      case NO_LEDGER -> answers.stream().map(_ -> LedgerAnswer.NEW).toList();
      case WINDOWS_BEFORE_LEDGER -> hideDuplicates(claims, answers);
      case FORK_TAKEN_FOR_DUPLICATE ->
          answers.stream()
              .map(one -> one == LedgerAnswer.FORK ? LedgerAnswer.DUPLICATE : one)
              .toList();
      default -> answers;
    };
  }

  private List<LedgerAnswer> hideDuplicates(List<LedgerClaim> claims, List<LedgerAnswer> answers) {
    List<LedgerAnswer> told = new ArrayList<>(answers);
    Set<BatchId> entered = new HashSet<>();
    for (int i = 0; i < told.size(); i++) {
      BatchId id = claims.get(i).id();
      if (told.get(i) == LedgerAnswer.NEW) {
        entered.add(id);
      } else if (told.get(i) == LedgerAnswer.DUPLICATE) {
        told.set(i, LedgerAnswer.NEW);
        if (!entered.contains(id)) {
          known.add(id);
        }
      }
    }
    return told;
  }

  /** Whether this effect of a batch was had before and must not be had again. */
  private boolean repeated(BatchId id, String effect) {
    return plant.sabotage() == Sabotage.WINDOWS_BEFORE_LEDGER
        && (known.contains(id) || !done.add(id + effect));
  }

  private void hide(BatchId id, long stored, long quarantined) {
    hidden.merge(id.epoch(), new Balance(0, stored, quarantined, 0, 0), Balance::plus);
  }

  @Override
  public Optional<SeriesSet> knownSet(AgentId agent, Sha256 set) {
    return tx.knownSet(agent, set);
  }

  @Override
  public boolean addSet(AgentId agent, SeriesSet set) {
    return tx.addSet(agent, set);
  }

  @Override
  public long[] seriesIds(AgentId agent, SeriesSet set) {
    return tx.seriesIds(agent, set);
  }

  @Override
  public void addSamples(long[] seriesIds, Columns columns) {
    BatchId id = plant.book().batchOf(Book.cellsOf(columns).getFirst().value()).id();
    if (repeated(id, "samples" + Arrays.toString(seriesIds))) {
      hide(id, columns.samples(), 0);
      return;
    }
    for (int row = 0; row < columns.rows(); row++) {
      for (int column = 0; column < columns.series(); column++) {
        if (columns.present(column, row)) {
          Book.Cell cell = new Book.Cell(columns.timeMillis(row), columns.value(column, row));
          added.add(new Added(seriesIds[column], cell));
        }
      }
    }
    tx.addSamples(seriesIds, columns);
  }

  @Override
  public void journal(JournalRow row) {
    BatchId id = row.batch().id();
    if (!repeated(id, "journal")) {
      lanes.put(Book.original(row.batch()).contentHash(), row.lane());
      tx.journal(row);
    }
  }

  @Override
  public void quarantine(QuarantineRow row) {
    if (row.reason().equals("bad_mac") && plant.sabotage() == Sabotage.DAMAGED_BATCH_ACKNOWLEDGED) {
      acknowledge(SignedBatch.readFrom(new WireReader(row.bytes())));
    }
    if (row.id().isEmpty()) {
      tx.quarantine(row);
      return;
    }
    BatchId id = row.id().orElseThrow();
    if (row.samples() > 0
        && repeated(id, "quarantine" + row.reason() + Arrays.hashCode(row.bytes()))) {
      hide(id, 0, row.samples());
      return;
    }
    tx.quarantine(row);
  }

  @Override
  public Optional<QuarantineRow> lockQuarantined(long id) {
    return tx.lockQuarantined(id);
  }

  @Override
  public void markReplayed(long id, String by) {
    tx.markReplayed(id, by);
  }

  /** As a worker does that takes the header's word for the body. */
  private void acknowledge(SignedBatch damaged) {
    EpochId epoch = damaged.id().epoch();
    long samples = damaged.header().samples();
    long to = damaged.header().sampleTo();
    LedgerClaim claim =
        new LedgerClaim(damaged.id(), damaged.contentHash(), samples, to, Optional.empty());
    if (tx.claim(List.of(claim)).getFirst() == LedgerAnswer.NEW) {
      EpochProgress before =
          Objects.requireNonNull(tx.lockEpochs(List.of(epoch)).get(epoch), "a locked epoch");
      SeqRanges committed = before.committed();
      committed.add(damaged.id().seq());
      Balance more = new Balance(to, 0, samples, 0, 0);
      tx.saveProgress(List.of(before.with(committed, before.balance().plus(more))));
    }
  }

  @Override
  public long addLosses(EpochId epoch, LossRecord losses) {
    long counted = tx.addLosses(epoch, losses);
    return plant.sabotage() == Sabotage.LOSS_COUNTED_BESIDE_ROW
        ? losses.entries().stream().mapToLong(LossRecord.Entry::samples).sum()
        : counted;
  }

  @Override
  public long removeLosses(EpochId epoch, Collection<Long> seqs) {
    return tx.removeLosses(epoch, seqs);
  }

  @Override
  public Collected collected(EpochId epoch) {
    return tx.collected(epoch);
  }

  @Override
  public Settlement addMove(EpochId closed, EpochId into, MovedRecord record) {
    return tx.addMove(closed, into, record);
  }

  @Override
  public Optional<Settlement> settlement(EpochId closed) {
    return tx.settlement(closed);
  }

  @Override
  public boolean park(ParkedBatch batch) {
    return tx.park(batch);
  }

  @Override
  public List<ParkedBatch> unpark(AgentId agent, Sha256 set, Portion most) {
    return tx.unpark(agent, set, most);
  }

  @Override
  public List<ParkedBatch> unparkKnown(Portion most) {
    return tx.unparkKnown(most);
  }

  @Override
  public List<ParkedBatch> unparkBefore(long receivedBeforeMillis, Portion most) {
    return tx.unparkBefore(receivedBeforeMillis, most);
  }

  @Override
  public boolean claimOrigin(BatchId copy, CopiedBatch.Origin origin) {
    return tx.claimOrigin(copy, origin);
  }

  @Override
  public void saveProgress(Collection<EpochProgress> progress) {
    tx.saveProgress(progress.stream().map(this::honest).toList());
  }

  private EpochProgress honest(EpochProgress one) {
    Balance less = hidden.get(one.epoch());
    if (less == null) {
      return one;
    }
    Balance all = one.balance();
    return one.with(
        one.committed(),
        new Balance(
            all.collected(),
            all.stored() - less.stored(),
            all.quarantined() - less.quarantined(),
            all.lost(),
            all.overflow(),
            all.moved(),
            all.torn()));
  }

  @Override
  public boolean movePosition(Lane lane, BusPosition from, BusPosition to) {
    if (plant.sabotage() == Sabotage.POSITION_OUTSIDE_TRANSACTION) {
      move = other -> other.movePosition(lane, from, to);
      return true;
    }
    return tx.movePosition(lane, from, to);
  }
}
