package dev.sentinelj.runners.worker;

import dev.sentinelj.core.signing.MacKey;
import dev.sentinelj.ports.driven.AgentRegistry;
import dev.sentinelj.ports.driven.BatchBus;
import dev.sentinelj.ports.driven.BatchCodec;
import dev.sentinelj.ports.driven.PartitionStore;
import dev.sentinelj.ports.driven.SecretVault;

/** What a worker stands on; whoever starts it chooses the adapters. */
public interface WorkerPorts {
  AgentRegistry agentRegistry();

  BatchBus batchBus();

  BatchCodec batchCodec();

  SecretVault secretVault();

  MacKey clusterKey();

  /** A store for one strand, which is its only user; whoever starts the worker closes it. */
  PartitionStore partitionStore(String strand);
}
