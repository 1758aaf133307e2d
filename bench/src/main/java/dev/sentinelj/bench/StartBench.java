package dev.sentinelj.bench;

import dev.sentinelj.runners.standalone.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * From starting {@code sentinel up} to "ready" and to the first sample of this machine visible
 * through REST, on a fresh home and on a used one. The floor is what nobody can save: a JVM that
 * does nothing, and the same embedded PostgreSQL started alone, one after the other.
 */
final class StartBench {
  private static final Pattern AGENT = Pattern.compile("\"items\":\\[\\{\"id\":\"([^\"]+)\"");
  private static final Pattern SAMPLE = Pattern.compile("\"value\":");

  /** How often REST is asked; the server takes 100 requests a second. */
  private static final long POLL_MILLIS = 20;

  private static final double PATIENCE_SECONDS = 120;

  private final List<Double> jvm = new ArrayList<>();
  private final Seconds fresh = new Seconds();
  private final Seconds used = new Seconds();

  private static final class Seconds {
    private final List<Double> postgres = new ArrayList<>();
    private final List<Double> ready = new ArrayList<>();
    private final List<Double> sample = new ArrayList<>();
    private final List<Double> cpu = new ArrayList<>();
  }

  private StartBench() {}

  /** Repeats as often as the first argument says, 5 times without one. */
  public static void main(String[] args) throws IOException, InterruptedException {
    int rounds = args.length == 0 ? 5 : Integer.parseInt(args[0]);
    StartBench bench = new StartBench();
    for (int round = 0; round < rounds; round++) {
      bench.round();
    }
    bench.report(rounds);
  }

  private void round() throws IOException, InterruptedException {
    jvm.add(emptyJvm());
    Path floor = Trees.temporary();
    Path parent = Trees.temporary();
    try {
      for (Seconds into : List.of(fresh, used)) {
        into.postgres.add(postgresAlone(floor));
        up(parent.resolve("home"), into);
      }
    } finally {
      Trees.delete(floor);
      Trees.delete(parent);
    }
  }

  private static double emptyJvm() throws IOException, InterruptedException {
    List<String> command = Up.java();
    command.add(Nothing.class.getName());
    long start = System.nanoTime();
    new ProcessBuilder(command).inheritIO().start().waitFor();
    return (System.nanoTime() - start) / 1e9;
  }

  private static double postgresAlone(Path home) {
    long start = System.nanoTime();
    try (EmbeddedPostgres postgres =
        EmbeddedPostgres.start(home.resolve("postgres"), "a-password-of-the-bench")) {
      return postgres.jdbcUrl().isEmpty() ? 0 : (System.nanoTime() - start) / 1e9;
    }
  }

  private static void up(Path home, Seconds into) throws IOException, InterruptedException {
    String since = Instant.now().toString();
    try (Up up = Up.start(home)) {
      awaitSample(up, agent(up), since);
      into.sample.add(up.secondsSinceSpawn());
      into.ready.add(up.secondsToReady());
      into.cpu.add(CpuTime.of(up.process().pid()));
    }
  }

  private static String agent(Up up) throws InterruptedException {
    while (up.secondsSinceSpawn() < PATIENCE_SECONDS) {
      Matcher found = AGENT.matcher(up.get("/v1/agents"));
      if (found.find()) {
        return found.group(1);
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
    throw new IllegalStateException("no agent within " + PATIENCE_SECONDS + " s");
  }

  /** Waits for a sample of this run: those of an earlier one in the same home do not count. */
  private static void awaitSample(Up up, String agent, String since) throws InterruptedException {
    while (up.secondsSinceSpawn() < PATIENCE_SECONDS) {
      if (SAMPLE.matcher(up.get("/v1/metrics/agents/" + agent + "/latest?since=" + since)).find()) {
        return;
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
    throw new IllegalStateException("no sample within " + PATIENCE_SECONDS + " s");
  }

  private void report(int rounds) {
    Machine.print();
    System.out.printf(
        Locale.ROOT,
        "start     medians of %d; a JVM that does nothing %.2f s%n",
        rounds,
        median(jvm));
    report("fresh", fresh);
    report("used", used);
  }

  private void report(String home, Seconds seconds) {
    double floor = median(jvm) + median(seconds.postgres);
    double sample = median(seconds.sample);
    System.out.printf(
        Locale.ROOT,
        "  %-5s home: ready %.2f s, first sample through REST %.2f s; floor, that JVM + PostgreSQL"
            + " alone (%.2f s), %.2f s; ratio %.1f; CPU of the JVM until then %.2f s%n",
        home,
        median(seconds.ready),
        sample,
        median(seconds.postgres),
        floor,
        sample / floor,
        median(seconds.cpu));
  }

  private static double median(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int middle = sorted.length / 2;
    return Arrays.stream(sorted, (sorted.length - 1) / 2, middle + 1).average().orElseThrow();
  }
}
