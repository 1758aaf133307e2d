package dev.sentinelj.runners.agent;

import dev.sentinelj.application.agent.AgentIdentity;
import dev.sentinelj.ports.driven.BatchCodec;
import dev.sentinelj.ports.driven.BatchLogs;
import dev.sentinelj.ports.driven.MetricSource;
import dev.sentinelj.ports.driven.RefusedBatches;
import dev.sentinelj.ports.driven.Uplink;
import java.util.List;

/** What an agent stands on; whoever starts it chooses the adapters. */
public interface AgentPorts {
  AgentIdentity identity();

  BatchLogs batchLogs();

  BatchCodec batchCodec();

  RefusedBatches refusedBatches();

  Uplink uplink();

  List<MetricSource> sources();
}
