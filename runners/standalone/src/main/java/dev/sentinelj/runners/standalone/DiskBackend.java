package dev.sentinelj.runners.standalone;

import dev.sentinelj.adapters.timescale.Database;
import dev.sentinelj.adapters.timescale.TimescaleAgentRegistry;
import dev.sentinelj.adapters.timescale.TimescaleMetricQueries;
import dev.sentinelj.adapters.timescale.TimescaleOperatorStore;
import dev.sentinelj.adapters.timescale.TimescalePartitionStore;
import dev.sentinelj.adapters.timescale.TimescaleProgressFeed;
import dev.sentinelj.core.signing.MacKey;
import dev.sentinelj.ports.driven.AgentRegistry;
import dev.sentinelj.ports.driven.BatchBus;
import dev.sentinelj.ports.driven.MetricQueries;
import dev.sentinelj.ports.driven.OperatorStore;
import dev.sentinelj.ports.driven.PartitionStore;
import dev.sentinelj.ports.driven.ProgressFeed;
import dev.sentinelj.ports.driven.SecretVault;
import dev.sentinelj.runners.runtime.ShutdownSequence;

/** PostgreSQL and the file bus. */
final class DiskBackend implements Backend {
  private final Database database;
  private final BatchBus bus;
  private final SecretVault vault;
  private final MacKey clusterKey;
  private final ShutdownSequence shutdown;
  private final AgentRegistry registry;
  private final ProgressFeed feed;
  private final MetricQueries queries;
  private final OperatorStore operators;

  DiskBackend(
      Database database,
      BatchBus bus,
      SecretVault vault,
      MacKey clusterKey,
      ShutdownSequence shutdown) {
    this.database = database;
    this.bus = bus;
    this.vault = vault;
    this.clusterKey = clusterKey;
    this.shutdown = shutdown;
    this.registry = new TimescaleAgentRegistry(database);
    this.feed = new TimescaleProgressFeed(database);
    this.queries = new TimescaleMetricQueries(database);
    this.operators = new TimescaleOperatorStore(database);
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
    return shutdown.closeLater("store of " + strand, new TimescalePartitionStore(database, strand));
  }
}
