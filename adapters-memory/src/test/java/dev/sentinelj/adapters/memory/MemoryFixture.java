package dev.sentinelj.adapters.memory;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.signing.KeyId;
import dev.sentinelj.ports.driven.AgentRegistry;
import dev.sentinelj.ports.driven.AgentRegistry.EnrolmentRequest;
import dev.sentinelj.ports.driven.AgentRegistry.JoinToken;
import dev.sentinelj.ports.driven.MetricQueries;
import dev.sentinelj.ports.driven.PartitionStore;
import dev.sentinelj.ports.driven.ProgressFeed;
import dev.sentinelj.ports.driven.QuarantineQueries;
import dev.sentinelj.testkit.ManualClock;
import dev.sentinelj.testkit.Stages;
import dev.sentinelj.testkit.TestBatches;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/** One database in memory with the adapters that the contracts ask for. */
final class MemoryFixture {
  static final int PARTITIONS = 64;

  final ManualClock clock = new ManualClock();
  final InMemoryDatabase database = new InMemoryDatabase(clock::wallMillis, PARTITIONS);
  final PartitionStore store =
      new InMemoryPartitionStore(database, Runnable::run, new SplittableRandom(1));
  final ProgressFeed feed = new InMemoryProgressFeed(database, Runnable::run);
  final MetricQueries queries = new InMemoryMetricQueries(database);
  final QuarantineQueries quarantine = new InMemoryQuarantineQueries(database);

  final AgentRegistry registry = new InMemoryAgentRegistry(database, Runnable::run);

  private int lastPartition;

  int freshPartition() {
    return lastPartition++;
  }

  AgentId deletedAgent() {
    AgentId agent = TestBatches.freshAgent();
    long now = clock.wallMillis();
    Stages.await(
        registry.addJoinToken(
            new JoinToken("digest", Optional.of(agent), Map.of(), 1, now + 1, "admin")));
    Stages.await(
        registry.enrol(
            new EnrolmentRequest(
                "digest", "hardware", "1", agent, new KeyId("key-1"), id -> new byte[1]),
            now));
    database.deleteAgent(agent, now);
    return agent;
  }
}
