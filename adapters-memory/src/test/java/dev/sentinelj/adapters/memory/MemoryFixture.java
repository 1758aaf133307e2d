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
import dev.sentinelj.testkit.StoreUnderTest;
import dev.sentinelj.testkit.TestBatches;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/** One database in memory with the adapters that the contracts ask for. */
final class MemoryFixture implements StoreUnderTest {
  static final int PARTITIONS = 64;

  final ManualClock clock = new ManualClock();
  final InMemoryDatabase database = new InMemoryDatabase(clock::wallMillis, PARTITIONS);
  private final PartitionStore store =
      new InMemoryPartitionStore(database, Runnable::run, new SplittableRandom(1));
  final AgentRegistry registry = new InMemoryAgentRegistry(database, Runnable::run);

  private int lastPartition;

  @Override
  public PartitionStore store() {
    return store;
  }

  @Override
  public ProgressFeed feed() {
    return new InMemoryProgressFeed(database, Runnable::run);
  }

  @Override
  public MetricQueries queries() {
    return new InMemoryMetricQueries(database);
  }

  @Override
  public QuarantineQueries quarantine() {
    return new InMemoryQuarantineQueries(database);
  }

  @Override
  public int partitions() {
    return PARTITIONS;
  }

  @Override
  public int freshPartition() {
    return lastPartition++;
  }

  @Override
  public boolean transactionsOverlap() {
    return false;
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
