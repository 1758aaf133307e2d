package dev.sentinelj.runners.standalone;

import dev.sentinelj.adapters.memory.InMemoryAgentRegistry;
import dev.sentinelj.adapters.memory.InMemoryAuditQueries;
import dev.sentinelj.adapters.memory.InMemoryBatchBus;
import dev.sentinelj.adapters.memory.InMemoryDatabase;
import dev.sentinelj.adapters.memory.InMemoryMetricQueries;
import dev.sentinelj.adapters.memory.InMemoryOperatorStore;
import dev.sentinelj.adapters.memory.InMemoryPartitionStore;
import dev.sentinelj.adapters.memory.InMemoryProgressFeed;
import dev.sentinelj.adapters.memory.InMemoryQuarantineQueries;
import dev.sentinelj.adapters.protobuf.ProtobufBatchCodec;
import dev.sentinelj.adapters.timescale.Database;
import dev.sentinelj.adapters.timescale.TimescaleAgentRegistry;
import dev.sentinelj.adapters.timescale.TimescaleMetricQueries;
import dev.sentinelj.adapters.timescale.TimescaleOperatorStore;
import dev.sentinelj.adapters.timescale.TimescalePartitionStore;
import dev.sentinelj.adapters.timescale.TimescaleProgressFeed;
import dev.sentinelj.adapters.timescale.TimescaleQuarantineQueries;
import dev.sentinelj.auditor.DatabaseAddress;
import dev.sentinelj.core.signing.MacKey;
import dev.sentinelj.ports.driven.AgentRegistry;
import dev.sentinelj.ports.driven.AuditQueries;
import dev.sentinelj.ports.driven.BatchBus;
import dev.sentinelj.ports.driven.BatchCodec;
import dev.sentinelj.ports.driven.MetricQueries;
import dev.sentinelj.ports.driven.OperatorStore;
import dev.sentinelj.ports.driven.PartitionStore;
import dev.sentinelj.ports.driven.ProgressFeed;
import dev.sentinelj.ports.driven.QuarantineQueries;
import dev.sentinelj.ports.driven.SecretVault;
import dev.sentinelj.runners.runtime.ShutdownSequence;
import dev.sentinelj.runners.runtime.SystemClock;
import dev.sentinelj.runners.server.DatabaseAudits;
import dev.sentinelj.runners.server.RememberedAudits;
import dev.sentinelj.runners.server.ServerPorts;
import dev.sentinelj.runners.worker.WorkerPorts;
import java.security.SecureRandom;
import java.util.function.Function;

/**
 * Everything that keeps data: on disk, or in memory for trying things out.
 *
 * @param stores makes the store of a strand, by the name of the strand
 */
record Backend(
    AgentRegistry agentRegistry,
    ProgressFeed progressFeed,
    MetricQueries metricQueries,
    QuarantineQueries quarantineQueries,
    OperatorStore operatorStore,
    BatchBus batchBus,
    BatchCodec batchCodec,
    SecretVault secretVault,
    MacKey clusterKey,
    AuditQueries auditQueries,
    Function<String, PartitionStore> stores)
    implements ServerPorts, WorkerPorts {
  private static final long MEMORY_BUS_BYTES = 64L << 20;

  /**
   * PostgreSQL and {@code bus}; stores are closed by {@code shutdown}.
   *
   * @param address the same database, for whoever shares nothing with the workers
   */
  static Backend onDisk(
      Database database,
      DatabaseAddress address,
      BatchBus bus,
      SecretVault vault,
      MacKey clusterKey,
      ShutdownSequence shutdown) {
    return new Backend(
        new TimescaleAgentRegistry(database),
        new TimescaleProgressFeed(database),
        new TimescaleMetricQueries(database),
        new TimescaleQuarantineQueries(database),
        new TimescaleOperatorStore(database),
        bus,
        new ProtobufBatchCodec(),
        vault,
        clusterKey,
        new RememberedAudits(new DatabaseAudits(address), System::nanoTime),
        strand ->
            shutdown.closeLater(
                "store of " + strand, new TimescalePartitionStore(database, strand)));
  }

  /** Memory in place of database and bus: gone with the process. */
  static Backend inMemory(SecretVault vault, MacKey clusterKey) {
    InMemoryDatabase database = new InMemoryDatabase(SystemClock::wallMillis, UpConfig.PARTITIONS);
    return new Backend(
        new InMemoryAgentRegistry(database, Runnable::run),
        new InMemoryProgressFeed(database, Runnable::run),
        new InMemoryMetricQueries(database),
        new InMemoryQuarantineQueries(database),
        new InMemoryOperatorStore(database),
        new InMemoryBatchBus(UpConfig.PARTITIONS, MEMORY_BUS_BYTES, SystemClock::wallMillis),
        new ProtobufBatchCodec(),
        vault,
        clusterKey,
        new InMemoryAuditQueries(database),
        _ -> new InMemoryPartitionStore(database, Runnable::run, new SecureRandom()));
  }

  @Override
  public PartitionStore repairStore() {
    return stores.apply("repair");
  }

  @Override
  public PartitionStore partitionStore(String strand) {
    return stores.apply(strand);
  }
}
