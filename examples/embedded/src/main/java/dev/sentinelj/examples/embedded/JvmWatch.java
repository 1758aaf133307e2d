package dev.sentinelj.examples.embedded;

import dev.sentinelj.application.agent.CollectorSchedule;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.BatchHeader;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.BatchKind;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.block.BlockCodec;
import dev.sentinelj.core.block.Columns;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.metric.Series;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.signing.AgentKey;
import dev.sentinelj.core.signing.KeyId;
import dev.sentinelj.core.signing.Secret;
import dev.sentinelj.core.signing.SigningPolicy;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.core.window.RollingWindow;
import dev.sentinelj.ports.driven.MetricSource;
import java.lang.management.ManagementFactory;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Watches the Java machine it runs in: reads, signs, checks what was signed, keeps a window. */
final class JvmWatch {
  private static final Duration EVERY = Duration.ofSeconds(1);

  private final AgentKey key = new AgentKey(new KeyId("k1"), Secret.random(new SecureRandom()));
  private final EpochId epoch = new EpochId(new AgentId("my-app"), new SecureRandom().nextLong());
  private final RollingWindow heap = new RollingWindow(60_000);
  private final CollectorSchedule schedule;
  private long seq;
  private long samples;

  JvmWatch(MetricSource source, Now start) {
    CollectorSchedule.Timing timing = new CollectorSchedule.Timing(EVERY, EVERY);
    this.schedule = new CollectorSchedule(List.of(source), timing, new SecureRandom(), start);
  }

  /** Our adapter for the port {@link MetricSource}: used heap and collections of this JVM. */
  static final class JvmSource implements MetricSource {
    static final SeriesSet SERIES =
        SeriesSet.of(
            List.of(
                Series.gauge("jvm.memory.used", "By", Map.of("jvm.memory.type", "heap")),
                Series.counter("jvm.gc.count", "1", Map.of())));

    @Override
    public String name() {
      return "jvm";
    }

    @Override
    public Reading read(long nowMillis) {
      double used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
      long collections =
          ManagementFactory.getGarbageCollectorMXBeans().stream()
              .mapToLong(collector -> Math.max(0, collector.getCollectionCount()))
              .sum();
      return new Reading(
          SERIES,
          new Columns.Builder(2, nowMillis)
              .set(0, 0, used)
              .set(1, 0, (double) collections)
              .build());
    }
  }

  /** Batches of the sources that are due, signed: these bytes could go anywhere. */
  List<SignedBatch> poll(Now now) {
    return schedule.poll(now).stream().map(source -> signed(source, now.wallMillis())).toList();
  }

  /** What an honest receiver says about {@code batch}; a forged one it does not even unpack. */
  String receive(SignedBatch batch) {
    if (!SigningPolicy.contentHolds(key, batch)) {
      return batch.id() + ": forged, not believed";
    }
    Columns columns = BlockCodec.decode(batch.body()).columns();
    heap.add(columns.timeMillis(0), columns.value(0, 0));
    var minute = heap.statsAt(columns.timeMillis(0));
    return String.format(
        Locale.ROOT,
        "seq %d, %d signed bytes: heap %.1f MB (last minute %.1f to %.1f), %.0f collections",
        batch.id().seq(),
        batch.bodyLength(),
        minute.last() / 1e6,
        minute.min() / 1e6,
        minute.max() / 1e6,
        columns.value(1, 0));
  }

  private SignedBatch signed(MetricSource source, long millis) {
    byte[] body = BlockCodec.encode(source.read(millis).block());
    schedule.finished(source);
    long from = samples;
    samples += JvmSource.SERIES.size();
    BatchId id = new BatchId(epoch, ++seq);
    BatchHeader header =
        new BatchHeader(BatchKind.DATA, id, from, samples, millis, millis, 0, Sha256.of(body));
    return SigningPolicy.signContent(key, header, body);
  }

  /** Runs for as many seconds as the first argument says, 10 without one. */
  public static void main(String[] args) throws InterruptedException {
    long seconds = args.length == 0 ? 10 : Long.parseLong(args[0]);
    Now now = new Now(System.currentTimeMillis(), System.nanoTime());
    JvmWatch watch = new JvmWatch(new JvmSource(), now);
    for (Now start = now; now.millisSince(start) < seconds * 1_000; ) {
      watch.poll(now).forEach(batch -> System.out.println(watch.receive(batch)));
      Thread.sleep(50);
      now = new Now(System.currentTimeMillis(), System.nanoTime());
    }
  }
}
