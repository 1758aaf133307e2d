package dev.sentinelj.runners.standalone;

import dev.sentinelj.adapters.memory.InMemoryAgentRegistry;
import dev.sentinelj.adapters.memory.InMemoryBatchBus;
import dev.sentinelj.adapters.memory.InMemoryDatabase;
import dev.sentinelj.adapters.memory.InMemoryMetricQueries;
import dev.sentinelj.adapters.memory.InMemoryOperatorStore;
import dev.sentinelj.adapters.memory.InMemoryPartitionStore;
import dev.sentinelj.adapters.memory.InMemoryProgressFeed;
import dev.sentinelj.core.signing.MacKey;
import dev.sentinelj.ports.driven.AgentRegistry;
import dev.sentinelj.ports.driven.BatchBus;
import dev.sentinelj.ports.driven.MetricQueries;
import dev.sentinelj.ports.driven.OperatorStore;
import dev.sentinelj.ports.driven.PartitionStore;
import dev.sentinelj.ports.driven.ProgressFeed;
import dev.sentinelj.ports.driven.SecretVault;
import dev.sentinelj.runners.runtime.SystemClock;
import java.security.SecureRandom;

/** Memory in place of database and bus: gone with the process. */
final class MemoryBackend implements Backend {
  private static final long BUS_BYTES = 64L << 20;

  private final InMemoryDatabase database =
      new InMemoryDatabase(SystemClock::wallMillis, UpConfig.PARTITIONS);
  private final BatchBus bus =
      new InMemoryBatchBus(UpConfig.PARTITIONS, BUS_BYTES, SystemClock::wallMillis);
  private final AgentRegistry registry = new InMemoryAgentRegistry(database, Runnable::run);
  private final ProgressFeed feed = new InMemoryProgressFeed(database, Runnable::run);
  private final MetricQueries queries = new InMemoryMetricQueries(database);
  private final OperatorStore operators = new InMemoryOperatorStore(database);
  private final SecretVault vault;
  private final MacKey clusterKey;

  MemoryBackend(SecretVault vault, MacKey clusterKey) {
    this.vault = vault;
    this.clusterKey = clusterKey;
  }

  @Override
  public AgentRegistry agentRegistry() {
    return registry;
  }

  @Override
  public ProgressFeed progressFeed() {
    return feed;
  }

  @Override
  public MetricQueries metricQueries() {
    return queries;
  }

  @Override
  public OperatorStore operatorStore() {
    return operators;
  }

  @Override
  public BatchBus batchBus() {
    return bus;
  }

  @Override
  public SecretVault secretVault() {
    return vault;
  }

  @Override
  public MacKey clusterKey() {
    return clusterKey;
  }

  @Override
  public PartitionStore partitionStore(String strand) {
    return new InMemoryPartitionStore(database, Runnable::run, new SecureRandom());
  }
}
