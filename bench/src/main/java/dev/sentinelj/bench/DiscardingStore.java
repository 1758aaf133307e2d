package dev.sentinelj.bench;

import dev.sentinelj.adapters.timescale.DiscardedRows;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.block.Columns;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.progress.EpochProgress;
import dev.sentinelj.ports.driven.BusPosition;
import dev.sentinelj.ports.driven.PartitionStore;
import dev.sentinelj.ports.driven.PartitionTransaction;
import dev.sentinelj.ports.driven.PartitionTransaction.JournalRow;
import dev.sentinelj.ports.driven.PartitionTransaction.LedgerAnswer;
import dev.sentinelj.ports.driven.PartitionTransaction.LedgerClaim;
import dev.sentinelj.ports.driven.PartitionTransaction.ParkedBatch;
import dev.sentinelj.ports.driven.PartitionTransaction.Portion;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A store of one partition that says of every batch that it is new, encodes samples and journal as
 * for the database, and keeps nothing but progress, ids and the position. One thread.
 */
final class DiscardingStore implements PartitionStore {
  private final DiscardedRows rows = new DiscardedRows();
  private final Map<EpochId, EpochProgress> progress = new HashMap<>();
  private BusPosition position = BusPosition.START;
  private long nextId = 1;
  private long transactions;

  BusPosition position() {
    return position;
  }

  long transactions() {
    return transactions;
  }

  @Override
  public CompletionStage<LeaseAnswer> lease(int partition, String owner, Optional<Lease> held) {
    return CompletableFuture.completedFuture(
        new LeaseAnswer.Granted(held.orElse(new Lease(partition, owner, 1))));
  }

  @Override
  public CompletionStage<Void> release(Lease lease) {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletionStage<Map<Lane, BusPosition>> positions(Lease lease) {
    return CompletableFuture.completedFuture(
        Map.of(Lane.FRESH, position, Lane.BACKLOG, BusPosition.START));
  }

  @Override
  public CompletionStage<Map<Lane, LaneState>> begin(Lease lease) {
    return CompletableFuture.completedFuture(
        Map.of(
            Lane.FRESH,
            new LaneState(position, 1, Optional.empty()),
            Lane.BACKLOG,
            new LaneState(BusPosition.START, 1, Optional.empty())));
  }

  @Override
  public CompletionStage<Void> noteTry(Lease lease, Lane lane, BatchTry next) {
    throw new IllegalStateException("a batch of the bench was tried on its own");
  }

  @Override
  public CompletionStage<Outcome> repair(int partition, Script script) {
    throw new IllegalStateException("nothing of the bench is repaired");
  }

  @Override
  public CompletionStage<Outcome> transact(Lease lease, Script script) {
    script.run(Partial.of(PartitionTransaction.class, new Transaction()));
    rows.flush();
    transactions++;
    return CompletableFuture.completedFuture(new Outcome.Committed());
  }

  /** What a script asks for on the way of a batch that is new; more than that is not answered. */
  final class Transaction {
    Map<EpochId, EpochProgress> lockEpochs(Collection<EpochId> epochs) {
      Map<EpochId, EpochProgress> found = new HashMap<>();
      epochs.forEach(
          epoch -> found.put(epoch, progress.getOrDefault(epoch, EpochProgress.start(epoch))));
      return found;
    }

    List<LedgerAnswer> claim(List<LedgerClaim> claims) {
      return Collections.nCopies(claims.size(), LedgerAnswer.NEW);
    }

    Optional<SeriesSet> knownSet(AgentId agent, Sha256 set) {
      return Optional.empty();
    }

    boolean addSet(AgentId agent, SeriesSet set) {
      return true;
    }

    long[] seriesIds(AgentId agent, SeriesSet set) {
      long[] ids = new long[set.size()];
      for (int i = 0; i < ids.length; i++) {
        ids[i] = nextId++;
      }
      return ids;
    }

    void addSamples(long[] seriesIds, Columns columns) {
      rows.addSamples(seriesIds, columns);
    }

    void journal(JournalRow row) {
      rows.journal(row);
    }

    List<ParkedBatch> unpark(AgentId agent, Sha256 set, Portion most) {
      return List.of();
    }

    List<ParkedBatch> unparkKnown(Portion most) {
      return List.of();
    }

    List<ParkedBatch> unparkBefore(long receivedBeforeMillis, Portion most) {
      return List.of();
    }

    void saveProgress(Collection<EpochProgress> changed) {
      changed.forEach(one -> progress.put(one.epoch(), one));
    }

    boolean movePosition(Lane lane, BusPosition from, BusPosition to) {
      position = to;
      return true;
    }
  }
}
