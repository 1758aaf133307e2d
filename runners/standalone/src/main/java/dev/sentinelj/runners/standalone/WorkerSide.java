package dev.sentinelj.runners.standalone;

import dev.sentinelj.core.signing.MacKey;
import dev.sentinelj.ports.driven.AgentRegistry;
import dev.sentinelj.ports.driven.BatchBus;
import dev.sentinelj.ports.driven.BatchCodec;
import dev.sentinelj.ports.driven.PartitionStore;
import dev.sentinelj.ports.driven.SecretVault;
import dev.sentinelj.runners.worker.WorkerPorts;

/** The backend as a worker sees it. */
record WorkerSide(Backend backend, BatchCodec batchCodec) implements WorkerPorts {
  @Override
  public AgentRegistry agentRegistry() {
    return backend.agentRegistry();
  }

  @Override
  public BatchBus batchBus() {
    return backend.batchBus();
  }

  @Override
  public SecretVault secretVault() {
    return backend.secretVault();
  }

  @Override
  public MacKey clusterKey() {
    return backend.clusterKey();
  }

  @Override
  public PartitionStore partitionStore(String strand) {
    return backend.partitionStore(strand);
  }
}
