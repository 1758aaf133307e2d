package dev.sentinelj.runners.standalone;

import dev.sentinelj.ports.driven.PartitionStore;
import dev.sentinelj.runners.server.ServerPorts;

/** Everything that keeps data: on disk, or in memory for trying things out. */
interface Backend extends ServerPorts {

  /** The store of one strand, closed with the backend. */
  PartitionStore partitionStore(String strand);
}
