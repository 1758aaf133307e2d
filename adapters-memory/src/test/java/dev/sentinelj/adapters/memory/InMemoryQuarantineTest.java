package dev.sentinelj.adapters.memory;

import dev.sentinelj.ports.driven.MetricQueries;
import dev.sentinelj.ports.driven.PartitionStore;
import dev.sentinelj.ports.driven.ProgressFeed;
import dev.sentinelj.ports.driven.QuarantineQueries;
import dev.sentinelj.testkit.QuarantineContract;

class InMemoryQuarantineTest extends QuarantineContract {
  private final MemoryFixture memory = new MemoryFixture();

  @Override
  protected QuarantineQueries quarantine() {
    return memory.quarantine;
  }

  @Override
  protected PartitionStore store() {
    return memory.store;
  }

  @Override
  protected ProgressFeed feed() {
    return memory.feed;
  }

  @Override
  protected MetricQueries queries() {
    return memory.queries;
  }

  @Override
  protected int partitions() {
    return MemoryFixture.PARTITIONS;
  }

  @Override
  protected int freshPartition() {
    return memory.freshPartition();
  }
}
