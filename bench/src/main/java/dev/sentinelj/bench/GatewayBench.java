package dev.sentinelj.bench;

import dev.sentinelj.application.gateway.FramePublisher;
import dev.sentinelj.application.gateway.IngestPipeline;
import dev.sentinelj.application.status.Counters;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.ingest.IngestVerdict;
import dev.sentinelj.core.ingest.RawSubmission;
import dev.sentinelj.core.replay.ReplayWindow;
import dev.sentinelj.core.session.SessionLimits;
import dev.sentinelj.core.signing.Envelope;
import dev.sentinelj.core.signing.MacKey;
import dev.sentinelj.core.signing.Purpose;
import dev.sentinelj.core.signing.Secret;
import dev.sentinelj.core.signing.SigningPolicy;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.driving.IngestBatches;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * Verified batches per CPU second in the gateway alone: directory, pipeline and publisher as they
 * are, over a bus that keeps nothing, called by one thread. Batches are signed between the measured
 * parts. The transport is not in it.
 */
final class GatewayBench {
  /** Batches that are signed, then measured. */
  private static final int CHUNK = 20_000;

  private static final int PARTITIONS = 32;
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private final SignedLoad load;
  private final EmptyBus bus = new EmptyBus(PARTITIONS);
  private final Counters counters = new Counters();
  private final FramePublisher publisher;
  private final IngestPipeline pipeline;
  private final HashFloor floor;
  private long polledNanos;

  private GatewayBench(HopOptions options) {
    load = new SignedLoad(options.agents(), options.series());
    MacKey clusterKey = MacKey.derive(Secret.random(load.random), Purpose.FRAME);
    publisher = new FramePublisher(bus, clusterKey, load.random, FramePublisher.Limits.DEFAULT);
    pipeline =
        new IngestPipeline(
            load.directory, publisher, SessionLimits.DEFAULT, ReplayWindow.DEFAULT, counters);
    floor = new HashFloor();
  }

  public static void main(String[] args) {
    HopOptions options = HopOptions.parse("gateway", args, new HopOptions(1_000, 100, 10));
    GatewayBench bench = new GatewayBench(options);
    bench.run(options.seconds() / 2.0, new CpuMeter(), new CpuMeter()); // warm-up
    CpuMeter gateway = new CpuMeter();
    CpuMeter bare = new CpuMeter();
    long framesBefore = bench.bus.frames();
    long batches = bench.run(options.seconds(), gateway, bare);
    bench.report(batches, bench.bus.frames() - framesBefore, gateway, bare);
  }

  /**
   * @return batches that were accepted
   */
  private long run(double cpuSeconds, CpuMeter gateway, CpuMeter bare) {
    long batches = 0;
    while (gateway.seconds() < cpuSeconds) {
      List<RawSubmission> chunk = sign();
      List<CompletionStage<IngestBatches.Answer>> answers = new ArrayList<>(chunk.size());
      gateway.measure(() -> offer(chunk, answers));
      answers.forEach(GatewayBench::requireAccepted);
      bare.measure(() -> floor.hash(chunk));
      batches += chunk.size();
    }
    return batches;
  }

  private List<RawSubmission> sign() {
    List<RawSubmission> chunk = new ArrayList<>(CHUNK);
    for (int i = 0; i < CHUNK; i++) {
      SignedLoad.Agent agent = load.agents.get(i % load.agents.size());
      long time = System.currentTimeMillis();
      SignedBatch batch = load.next(agent, time);
      Envelope.Signed envelope =
          SigningPolicy.signEnvelope(agent.key, batch, load.random.nextLong(), time, List.of());
      chunk.add(
          new RawSubmission(batch.headerBytes(), envelope.toBytes(), batch.body(), List.of()));
    }
    return chunk;
  }

  private void offer(
      List<RawSubmission> chunk, List<CompletionStage<IngestBatches.Answer>> answers) {
    for (RawSubmission raw : chunk) {
      Now now = SignedLoad.now();
      answers.add(pipeline.ingest(Optional.empty(), raw, now));
      if (now.monotonicNanos() - polledNanos >= POLL_NANOS) {
        polledNanos = now.monotonicNanos();
        publisher.poll(now);
      }
    }
    publisher.poll(SignedLoad.now().plusMillis(FramePublisher.Limits.DEFAULT.lingerMillis()));
  }

  private static void requireAccepted(CompletionStage<IngestBatches.Answer> answer) {
    IngestVerdict verdict = answer.toCompletableFuture().join().verdict();
    if (!(verdict instanceof IngestVerdict.Accepted)) {
      throw new IllegalStateException("a batch of the bench was not accepted: " + verdict);
    }
  }

  private void report(long batches, long frames, CpuMeter gateway, CpuMeter bare) {
    double rate = batches / gateway.seconds();
    double floorRate = batches / bare.seconds();
    Machine.print();
    System.out.printf(
        Locale.ROOT,
        "gateway   %,.0f batches = %,.0f samples per CPU second (%,d agents, %d samples a batch, "
            + "%.1f batches a frame, %,d batches in %.1f CPU s)%n",
        rate,
        rate * load.set.size(),
        load.agents.size(),
        load.set.size(),
        (double) batches / frames,
        batches,
        gateway.seconds());
    System.out.printf(
        Locale.ROOT,
        "  floor: both MACs, both SHA-256 and a MAC over the frame, of the same bytes: %,.0f batches "
            + "per CPU second; ratio %.2f%n",
        floorRate,
        rate / floorRate);
    System.out.println("  not in it: gRPC and protobuf, TLS, the registry's database, the bus");
  }
}
