package dev.sentinelj.application.worker;

import dev.sentinelj.adapters.memory.InMemoryAgentRegistry;
import dev.sentinelj.adapters.memory.InMemoryBatchBus;
import dev.sentinelj.adapters.memory.InMemoryBatchCodec;
import dev.sentinelj.adapters.memory.InMemoryDatabase;
import dev.sentinelj.adapters.memory.InMemoryMetricQueries;
import dev.sentinelj.adapters.memory.InMemoryPartitionStore;
import dev.sentinelj.adapters.memory.InMemoryProgressFeed;
import dev.sentinelj.adapters.memory.InMemorySecretVault;
import dev.sentinelj.application.gateway.AgentDirectory;
import dev.sentinelj.application.gateway.Enrolment;
import dev.sentinelj.application.status.Counters;
import dev.sentinelj.core.access.Principal;
import dev.sentinelj.core.access.Role;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.block.Block;
import dev.sentinelj.core.block.Columns;
import dev.sentinelj.core.frame.Frame;
import dev.sentinelj.core.frame.FrameAddress;
import dev.sentinelj.core.frame.FrameEntry;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.progress.Balance;
import dev.sentinelj.core.progress.EpochProgress;
import dev.sentinelj.core.signing.AgentKey;
import dev.sentinelj.core.signing.MacKey;
import dev.sentinelj.core.signing.Purpose;
import dev.sentinelj.core.signing.Secret;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.driven.BatchCodec;
import dev.sentinelj.ports.driven.PartitionStore;
import dev.sentinelj.ports.driven.PartitionTransaction.QuarantineRow;
import dev.sentinelj.ports.driving.EnrolAgents;
import dev.sentinelj.testkit.Stages;
import dev.sentinelj.testkit.TestBatches;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/** A worker of one partition on adapters in memory, with one enrolled agent. */
final class WorkerForTests {
  static final SeriesSet SET = TestBatches.set("cpu", "mem");

  Now now = new Now(1_800_000_000_000L, 5_000_000_000L);
  final SplittableRandom random;
  final InMemoryDatabase database = new InMemoryDatabase(() -> now.wallMillis(), 1);
  final InMemoryBatchBus bus = new InMemoryBatchBus(1, 64 << 20, () -> now.wallMillis());
  final InMemorySecretVault vault = new InMemorySecretVault();
  final InMemoryAgentRegistry registry = new InMemoryAgentRegistry(database, Runnable::run);
  final InMemoryProgressFeed feed = new InMemoryProgressFeed(database, Runnable::run);
  final InMemoryMetricQueries queries = new InMemoryMetricQueries(database);
  final InMemoryBatchCodec codec = new InMemoryBatchCodec();
  final MacKey clusterKey;
  final AgentDirectory directory = new AgentDirectory(registry, vault);
  final Counters counters = new Counters();
  final EpochId epoch;
  final AgentKey key;
  WorkerStrand strand;
  private int published;

  WorkerForTests() {
    this(42);
  }

  WorkerForTests(long seed) {
    random = new SplittableRandom(seed);
    clusterKey = MacKey.derive(Secret.random(random), Purpose.FRAME);
    EnrolAgents.Enrolled.Welcome welcome = enrol();
    key = new AgentKey(welcome.key(), welcome.secret());
    epoch = new EpochId(welcome.agent(), 7);
    strand = strand("worker-1", store(), WorkerLimits.DEFAULT);
  }

  AgentId agent() {
    return epoch.agent();
  }

  PartitionStore store() {
    return new InMemoryPartitionStore(database, Runnable::run, random);
  }

  WorkerStrand strand(String owner, PartitionStore store, WorkerLimits limits) {
    return strand(owner, store, codec, limits);
  }

  WorkerStrand strand(String owner, PartitionStore store, BatchCodec codec, WorkerLimits limits) {
    return new WorkerStrand(
        owner,
        List.of(0),
        store,
        bus,
        codec,
        directory,
        clusterKey,
        Runnable::run,
        limits,
        counters);
  }

  private EnrolAgents.Enrolled.Welcome enrol() {
    Enrolment enrolment = new Enrolment(registry, vault, random);
    EnrolAgents.TokenRequest request =
        new EnrolAgents.TokenRequest(Optional.empty(), Map.of(), 1, Duration.ofHours(1));
    String token =
        Stages.await(enrolment.createToken(request, new Principal("op", Role.ADMIN), now)).token();
    return (EnrolAgents.Enrolled.Welcome)
        Stages.await(enrolment.enrol(token, "hardware", "1.0", now));
  }

  /** Time passes, and the strand is polled every 10 ms. */
  void run(long millis) {
    run(strand, millis);
  }

  void run(WorkerStrand which, long millis) {
    for (long passed = 0; passed < millis; passed += 10) {
      now = now.plusMillis(10);
      which.poll(now);
    }
  }

  /** Four samples of two series, taken now. */
  SignedBatch batch(long seq) {
    return batch(seq, SET, TestBatches.columns(2, 2, now.wallMillis(), 1));
  }

  SignedBatch batch(long seq, SeriesSet set, Columns columns) {
    return TestBatches.data(
        codec,
        key,
        new BatchId(epoch, seq),
        4 * (seq - 1),
        now.wallMillis(),
        List.of(new Block(set.hash(), columns)));
  }

  static FrameEntry withSet(SignedBatch batch, SeriesSet... sets) {
    return new FrameEntry(
        batch,
        batch.id().seq(),
        1_800_000_000_000L,
        List.of(sets).stream().map(SeriesSet::toBytes).toList());
  }

  void publish(FrameEntry... entries) {
    publish(Lane.FRESH, new Frame.Batches(List.of(entries)));
  }

  void publish(Lane lane, Frame frame) {
    FrameAddress address = new FrameAddress(0, lane);
    publish(lane, Frame.seal(frame, address, clusterKey));
  }

  void publish(Lane lane, byte[] message) {
    Stages.await(bus.publish(new FrameAddress(0, lane), "m-" + published++, message));
  }

  EpochProgress progress() {
    return Stages.await(feed.of(epoch)).committed().progress();
  }

  Balance balance() {
    return progress().balance();
  }

  long stored() {
    return database.storedSamples(agent());
  }

  List<String> quarantined() {
    return database.quarantined().reversed().stream().map(QuarantineRow::reason).toList();
  }
}
