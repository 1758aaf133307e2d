package dev.sentinelj.adapters.memory;

import dev.sentinelj.adapters.memory.Rows.Parked;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.ports.driven.PartitionTransaction;
import dev.sentinelj.ports.driven.PartitionTransaction.ParkedBatch;
import dev.sentinelj.ports.driven.PartitionTransaction.Portion;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** Batches that wait for their series set, as one transaction sees and changes them. */
final class StagedParked {
  private final InMemoryDatabase database;
  private final int partition;
  private final Table<Long, Parked>.Staged parked;
  private final Map<AgentId, Own> owns = new HashMap<>();

  StagedParked(InMemoryDatabase database, int partition) {
    this.database = database;
    this.partition = partition;
    this.parked = database.parked.stage();
  }

  void apply() {
    parked.apply();
  }

  boolean park(ParkedBatch batch) {
    EpochId epoch = batch.row().batch().id().epoch();
    Own own = owns.computeIfAbsent(epoch.agent(), this::ownOf);
    if (own.keys.contains(Key.of(batch))) {
      return true;
    }
    if (own.keys.size() >= PartitionTransaction.MAX_PARKED
        || own.bytes + bytes(batch) > PartitionTransaction.MAX_PARKED_BYTES) {
      return false;
    }
    parked.put(database.nextNumber(), new Parked(partition, epoch, batch));
    own.add(batch);
    return true;
  }

  /** What makes two parked batches the same. */
  private record Key(BatchId id, Sha256 contentHash, Sha256 missingSet) {
    static Key of(ParkedBatch batch) {
      return new Key(
          batch.row().batch().id(), batch.row().batch().contentHash(), batch.missingSet());
    }
  }

  /** What one agent has parked. */
  private static final class Own {
    private final Set<Key> keys = new HashSet<>();
    private long bytes;

    void add(ParkedBatch batch) {
      keys.add(Key.of(batch));
      bytes += bytes(batch);
    }
  }

  private Own ownOf(AgentId agent) {
    Own own = new Own();
    parked.all().values().stream()
        .filter(row -> row.of(agent))
        .map(Parked::batch)
        .forEach(own::add);
    return own;
  }

  List<ParkedBatch> unpark(Predicate<Parked> which, Portion most) {
    owns.clear();
    List<ParkedBatch> released = new ArrayList<>();
    long bytes = 0;
    long cells = 0;
    for (Map.Entry<Long, Parked> row : List.copyOf(parked.all().entrySet())) {
      ParkedBatch batch = row.getValue().batch();
      if (which.test(row.getValue())) {
        bytes += bytes(batch);
        cells += batch.cells();
        boolean full =
            released.size() >= most.batches() || bytes > most.bytes() || cells > most.cells();
        if (full && !released.isEmpty()) {
          break;
        }
        parked.remove(row.getKey());
        released.add(batch);
      }
    }
    return released;
  }

  private static long bytes(ParkedBatch batch) {
    return batch.row().batch().bodyLength();
  }
}
