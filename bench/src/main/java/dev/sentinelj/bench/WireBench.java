package dev.sentinelj.bench;

import dev.sentinelj.application.agent.BatcherOptions;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.signing.AgentKey;
import dev.sentinelj.core.signing.KeyId;
import dev.sentinelj.core.signing.Secret;
import dev.sentinelj.core.time.Now;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * Bytes per sample on the wire, of this machine's own series. Ten agents' collectors run at their
 * interval of 10 s, a second apart, so that half a minute gives thirty true batches; two more run
 * at 1 s. Nothing is stamped with another time than that of its reading.
 */
final class WireBench {
  private static final int USAGE = 2;
  private static final int STAGGERED = 10;
  private static final int POLL_MILLIS = 10;
  private static final int DEFAULT_SECONDS = 40;

  /**
   * The agent's runner closes a batch after a fifth of the interval: one round, read with jitter.
   */
  private static final int ROUNDS_PER_AGE = 5;

  private final SplittableRandom random = new SplittableRandom(7);
  private final AgentKey key = new AgentKey(new KeyId("k-0123456789abcdef"), Secret.random(random));
  private final List<WireHost> every10 = new ArrayList<>();
  private final WireHost every1;
  private final WireHost every1Batched;

  private WireBench(Now start) {
    Duration ten = Duration.ofSeconds(10);
    for (int i = 0; i < STAGGERED; i++) {
      every10.add(host(ten, oneRound(ten), start.plusMillis(1_000L * i), start));
    }
    Duration one = Duration.ofSeconds(1);
    every1 = host(one, oneRound(one), start, start);
    every1Batched = host(one, BatcherOptions.DEFAULT, start, start);
  }

  public static void main(String[] args) throws InterruptedException {
    int seconds = args.length == 0 ? DEFAULT_SECONDS : seconds(args);
    if (seconds < 2 * STAGGERED) {
      System.err.println("bench: wire: --seconds N takes " + 2 * STAGGERED + " or more");
      System.exit(USAGE);
    }
    WireBench bench = new WireBench(now());
    System.out.printf("reading this machine for %d s ...%n", seconds);
    bench.run(seconds);
    bench.report();
  }

  private static int seconds(String[] args) {
    try {
      return args.length == 2 && args[0].equals("--seconds") ? Integer.parseInt(args[1]) : 0;
    } catch (NumberFormatException _) {
      return 0;
    }
  }

  private WireHost host(Duration interval, BatcherOptions options, Now start, Now now) {
    EpochId epoch = new EpochId(new AgentId("agent-0123456789abcdef"), random.nextLong());
    return new WireHost(epoch, key, interval, options, start, now);
  }

  private static BatcherOptions oneRound(Duration interval) {
    BatcherOptions usual = BatcherOptions.DEFAULT;
    return new BatcherOptions(
        interval.dividedBy(ROUNDS_PER_AGE),
        usual.firstMaxAge(),
        usual.maxSamples(),
        usual.maxBytes(),
        usual.maxWaitingBytes());
  }

  private static Now now() {
    return new Now(System.currentTimeMillis(), System.nanoTime());
  }

  private void run(int seconds) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (System.nanoTime() < end) {
      every10.forEach(host -> host.poll(now()));
      every1.poll(now());
      every1Batched.poll(now());
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
  }

  private void report() {
    Machine.print();
    System.out.println(
        "bytes of AgentMessage and 5 of gRPC's frame; HTTP/2, TLS and TCP below are not counted");
    report("10 s interval, one round a batch, as the agent does it", every10);
    report("1 s interval, one round a batch, as the agent does it", List.of(every1));
    report("1 s interval, batches of 10 s (the greatest age)", List.of(every1Batched));
  }

  private void report(String title, List<WireHost> hosts) {
    WireFigures figures = new WireFigures(new WireMessages(key, random));
    hosts.forEach(figures::add);
    figures.print(title);
  }
}
