package dev.sentinelj.runners.server;

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

/** The adapters a server stands on; whoever starts it chooses them. */
public interface ServerPorts {
  AgentRegistry agentRegistry();

  ProgressFeed progressFeed();

  MetricQueries metricQueries();

  QuarantineQueries quarantineQueries();

  OperatorStore operatorStore();

  BatchCodec batchCodec();

  /** A store for repairs, which have no strand; whoever starts the server closes it. */
  PartitionStore repairStore();

  BatchBus batchBus();

  SecretVault secretVault();

  AuditQueries auditQueries();

  /** The key under which frames travel on the bus. */
  MacKey clusterKey();
}
