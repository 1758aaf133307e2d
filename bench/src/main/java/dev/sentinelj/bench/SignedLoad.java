package dev.sentinelj.bench;

import dev.sentinelj.adapters.memory.InMemoryAgentRegistry;
import dev.sentinelj.adapters.memory.InMemoryDatabase;
import dev.sentinelj.adapters.memory.InMemorySecretVault;
import dev.sentinelj.adapters.protobuf.ProtobufBatchCodec;
import dev.sentinelj.application.gateway.AgentDirectory;
import dev.sentinelj.application.gateway.Enrolment;
import dev.sentinelj.core.access.Principal;
import dev.sentinelj.core.access.Role;
import dev.sentinelj.core.batch.BatchHeader;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.BatchKind;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.block.Block;
import dev.sentinelj.core.block.Columns;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.metric.Series;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.signing.AgentKey;
import dev.sentinelj.core.signing.SigningPolicy;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.driving.EnrolAgents;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Enrolled agents in memory and the batches they sign: one row of gauges that walk in hundredths.
 */
final class SignedLoad {
  private static final ProtobufBatchCodec CODEC = new ProtobufBatchCodec();
  private static final int PARTITIONS = 32;

  /** The gateway takes 50 enrolments a second, so they happen one after the other in the past. */
  private static final long ENROL_EVERY_MILLIS = 20;

  final SplittableRandom random = new SplittableRandom(11);
  final SeriesSet set;
  final AgentDirectory directory;
  final List<Agent> agents = new ArrayList<>();

  /** One agent; its batches follow each other without a gap. */
  static final class Agent {
    final EpochId epoch;
    final AgentKey key;
    private final double[] values;
    private long seq;
    private long samples;

    private Agent(EpochId epoch, AgentKey key, double[] values) {
      this.epoch = epoch;
      this.key = key;
      this.values = values;
    }
  }

  SignedLoad(int count, int series) {
    set =
        SeriesSet.of(
            IntStream.range(0, series)
                .mapToObj(i -> Series.gauge("bench.value", "1", Map.of("n", Integer.toString(i))))
                .toList());
    InMemoryDatabase database = new InMemoryDatabase(System::currentTimeMillis, PARTITIONS);
    InMemorySecretVault vault = new InMemorySecretVault();
    InMemoryAgentRegistry registry = new InMemoryAgentRegistry(database, Runnable::run);
    directory = new AgentDirectory(registry, vault);
    Enrolment enrolment = new Enrolment(registry, vault, random);
    Now start = now().plusMillis(-count * ENROL_EVERY_MILLIS);
    EnrolAgents.TokenRequest request =
        new EnrolAgents.TokenRequest(Optional.empty(), Map.of(), count, Duration.ofHours(1));
    String token =
        enrolment
            .createToken(request, new Principal("bench", Role.ADMIN), start)
            .toCompletableFuture()
            .join()
            .token();
    for (int i = 0; i < count; i++) {
      agents.add(enrol(enrolment, token, i, start.plusMillis(i * ENROL_EVERY_MILLIS)));
    }
  }

  private Agent enrol(Enrolment enrolment, String token, int number, Now at) {
    EnrolAgents.Enrolled answer =
        enrolment.enrol(token, "bench-" + number, "bench", at).toCompletableFuture().join();
    if (!(answer instanceof EnrolAgents.Enrolled.Welcome welcome)) {
      throw new IllegalStateException("an agent of the bench was not let in: " + answer);
    }
    return new Agent(
        new EpochId(welcome.agent(), random.nextLong()),
        new AgentKey(welcome.key(), welcome.secret()),
        random.doubles(set.size(), 0, 1_000).toArray());
  }

  static Now now() {
    return new Now(System.currentTimeMillis(), System.nanoTime());
  }

  /** The next batch of {@code agent}: a value of each series, taken at {@code timeMillis}. */
  SignedBatch next(Agent agent, long timeMillis) {
    Columns.Builder columns = new Columns.Builder(set.size(), timeMillis);
    for (int column = 0; column < set.size(); column++) {
      agent.values[column] += random.nextInt(-100, 101) / 100.0;
      columns.set(column, 0, Math.round(agent.values[column] * 100) / 100.0);
    }
    BatchId id = new BatchId(agent.epoch, ++agent.seq);
    long from = agent.samples;
    agent.samples += set.size();
    List<Block> blocks = List.of(new Block(set.hash(), columns.build()));
    byte[] body = CODEC.encode(id, from, timeMillis, blocks);
    return SigningPolicy.signContent(
        agent.key,
        new BatchHeader(
            BatchKind.DATA, id, from, agent.samples, timeMillis, timeMillis, 0, Sha256.of(body)),
        body);
  }
}
