package dev.sentinelj.adapters.memory;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.ports.driven.MetricQueries;
import dev.sentinelj.ports.driven.PartitionStore;
import dev.sentinelj.ports.driven.ProgressFeed;
import dev.sentinelj.testkit.ProgressFeedContract;

class InMemoryProgressFeedTest extends ProgressFeedContract {
  private final MemoryFixture memory = new MemoryFixture();

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

  @Override
  protected AgentId deletedAgent() {
    return memory.deletedAgent();
  }

  @Override
  protected boolean transactionsOverlap() {
    return false;
  }
}
