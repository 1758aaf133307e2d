package dev.sentinelj.application.gateway;

import dev.sentinelj.adapters.memory.InMemoryAgentRegistry;
import dev.sentinelj.adapters.memory.InMemoryBatchBus;
import dev.sentinelj.adapters.memory.InMemoryDatabase;
import dev.sentinelj.adapters.memory.InMemoryProgressFeed;
import dev.sentinelj.adapters.memory.InMemorySecretVault;
import dev.sentinelj.application.status.Counters;
import dev.sentinelj.core.access.Principal;
import dev.sentinelj.core.access.Role;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.BatchHeader;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.BatchKind;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.frame.Frame;
import dev.sentinelj.core.frame.FrameAddress;
import dev.sentinelj.core.ingest.IngestVerdict;
import dev.sentinelj.core.ingest.RawSubmission;
import dev.sentinelj.core.replay.ReplayWindow;
import dev.sentinelj.core.session.SessionLimits;
import dev.sentinelj.core.signing.AgentKey;
import dev.sentinelj.core.signing.Envelope;
import dev.sentinelj.core.signing.MacKey;
import dev.sentinelj.core.signing.Purpose;
import dev.sentinelj.core.signing.Secret;
import dev.sentinelj.core.signing.SigningPolicy;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.driven.BatchBus;
import dev.sentinelj.ports.driven.BusPosition;
import dev.sentinelj.ports.driving.EnrolAgents;
import dev.sentinelj.ports.driving.IngestBatches;
import dev.sentinelj.testkit.Stages;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionStage;

/** A gateway on adapters in memory, with one enrolled agent and a clock that moves when told. */
final class GatewayForTests {
  static final int PARTITIONS = 2;
  static final long EPOCH = 77;

  Now now = new Now(1_800_000_000_000L, 5_000_000_000L);
  final SplittableRandom random = new SplittableRandom(42);
  final InMemoryDatabase database = new InMemoryDatabase(() -> now.wallMillis(), PARTITIONS);
  final InMemoryBatchBus bus = new InMemoryBatchBus(PARTITIONS, 8 << 20, () -> now.wallMillis());
  final InMemorySecretVault vault = new InMemorySecretVault();
  final SwitchedRegistry registry =
      new SwitchedRegistry(new InMemoryAgentRegistry(database, Runnable::run));
  final InMemoryProgressFeed feed = new InMemoryProgressFeed(database, Runnable::run);
  final MacKey clusterKey = MacKey.derive(Secret.random(random), Purpose.FRAME);
  final Counters counters = new Counters();
  final AgentDirectory directory = new AgentDirectory(registry, vault);
  final FramePublisher publisher =
      new FramePublisher(bus, clusterKey, random, FramePublisher.Limits.DEFAULT);
  final IngestPipeline pipeline =
      new IngestPipeline(
          directory, publisher, SessionLimits.DEFAULT, ReplayWindow.DEFAULT, counters);
  final SessionDirectory sessions =
      new SessionDirectory(
          directory, registry, feed, pipeline, SessionLimits.DEFAULT, ReplayWindow.DEFAULT);
  final CommittedRelay relay = new CommittedRelay(feed, sessions);
  final Enrolment enrolment = new Enrolment(registry, vault, random);
  final AgentId agent;
  final AgentKey key;

  GatewayForTests() {
    EnrolAgents.Enrolled.Welcome welcome = enrolNew();
    agent = welcome.agent();
    key = new AgentKey(welcome.key(), welcome.secret());
  }

  EnrolAgents.Enrolled.Welcome enrolNew() {
    EnrolAgents.TokenRequest request =
        new EnrolAgents.TokenRequest(Optional.empty(), Map.of(), 1, Duration.ofHours(1));
    String token =
        Stages.await(enrolment.createToken(request, new Principal("op", Role.ADMIN), now)).token();
    return (EnrolAgents.Enrolled.Welcome)
        Stages.await(enrolment.enrol(token, "hw-" + random.nextInt(1_000_000), "1.0", now));
  }

  EpochId epoch() {
    return new EpochId(agent, EPOCH);
  }

  void advance(long millis) {
    now = now.plusMillis(millis);
  }

  SignedBatch batch(long seq) {
    return batch(seq, now.wallMillis(), now.wallMillis());
  }

  SignedBatch batch(long seq, long least, long greatest) {
    byte[] body = new byte[100];
    new SplittableRandom(seq).nextBytes(body);
    return SigningPolicy.signContent(
        key,
        new BatchHeader(
            BatchKind.DATA,
            new BatchId(epoch(), seq),
            10 * (seq - 1),
            10 * seq,
            least,
            greatest,
            0,
            Sha256.of(body)),
        body);
  }

  RawSubmission submission(SignedBatch batch, long attempt) {
    return submission(key, batch, attempt, now.wallMillis(), List.of(), List.of());
  }

  RawSubmission submission(
      AgentKey signing,
      SignedBatch batch,
      long attempt,
      long sentAt,
      List<Sha256> hashes,
      List<byte[]> sets) {
    Envelope.Signed envelope = SigningPolicy.signEnvelope(signing, batch, attempt, sentAt, hashes);
    return new RawSubmission(batch.headerBytes(), envelope.toBytes(), batch.body(), sets);
  }

  CompletionStage<IngestBatches.Answer> offer(RawSubmission submission) {
    return pipeline.ingest(Optional.empty(), submission, now);
  }

  /** Offers and lets the frame go. */
  IngestVerdict ingest(RawSubmission submission) {
    CompletionStage<IngestBatches.Answer> answer = offer(submission);
    advance(5);
    publisher.poll(now);
    return Stages.await(answer).verdict();
  }

  /** Every frame in every queue of the bus. */
  List<Frame> frames() {
    List<Frame> frames = new ArrayList<>();
    for (int partition = 0; partition < PARTITIONS; partition++) {
      for (Lane lane : Lane.values()) {
        FrameAddress address = new FrameAddress(partition, lane);
        for (BatchBus.Message message : bus.read(address, BusPosition.START, 10_000, 1L << 40)) {
          frames.add(Frame.open(message.bytes(), address, clusterKey));
        }
      }
    }
    return frames;
  }
}
