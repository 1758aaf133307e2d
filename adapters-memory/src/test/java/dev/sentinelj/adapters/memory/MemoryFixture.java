package dev.sentinelj.adapters.memory;

import dev.sentinelj.ports.driven.MetricQueries;
import dev.sentinelj.ports.driven.PartitionStore;
import dev.sentinelj.ports.driven.ProgressFeed;
import dev.sentinelj.testkit.ManualClock;
import java.util.SplittableRandom;

/** One database in memory with the adapters that the contracts ask for. */
final class MemoryFixture {
  static final int PARTITIONS = 64;

  final ManualClock clock = new ManualClock();
  final InMemoryDatabase database = new InMemoryDatabase(clock::wallMillis, PARTITIONS);
  final PartitionStore store =
      new InMemoryPartitionStore(database, Runnable::run, new SplittableRandom(1));
  final ProgressFeed feed = new InMemoryProgressFeed(database, Runnable::run);
  final MetricQueries queries = new InMemoryMetricQueries(database);

  private int lastPartition;

  int freshPartition() {
    return lastPartition++;
  }
}
