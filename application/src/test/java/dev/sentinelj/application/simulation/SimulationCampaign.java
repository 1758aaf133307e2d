package dev.sentinelj.application.simulation;

import dev.sentinelj.application.simulation.Tally.Count;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Properties;

/**
 * A long run: {@code SIZE DIRECTORY [FIRST_SEED]}. What is done is noted in the directory every few
 * seconds, so that a campaign that was stopped goes on. The last line is the verdict; the exit code
 * is 0 when nothing failed.
 */
public final class SimulationCampaign {
  /** Noted after so many seeds. */
  private static final long CHUNK = 500;

  private final String size;
  private final long seeds;
  private final long first;
  private final Path file;
  private final PrintStream out;
  private Tally tally = Tally.NONE;
  private long failures;
  private long done;
  private long tookMillis;

  private SimulationCampaign(String size, Path directory, long first, PrintStream out) {
    this.size = size;
    this.seeds =
        switch (size) {
          case "commit" -> 2_000;
          case "night" -> 200_000;
          case "release" -> 1_000_000;
          default -> throw new IllegalArgumentException("no such size: " + size);
        };
    this.first = first;
    this.file = directory.resolve("sim-" + size + "-" + first + ".properties");
    this.out = out;
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    long first = args.length > 2 ? Long.parseLong(args[2]) : 1;
    SimulationCampaign campaign =
        new SimulationCampaign(args[0], Path.of(args[1]), first, System.out);
    System.exit(campaign.run() ? 0 : 1);
  }

  private boolean run() throws IOException, InterruptedException {
    load();
    while (done < seeds) {
      long begun = System.nanoTime();
      Campaign chunk = new Campaign(Sabotage.NONE);
      long to = Math.min(seeds, done + CHUNK);
      tally = tally.plus(chunk.run(first + done, first + to - 1));
      chunk.reports().forEach(out::println);
      failures += chunk.failures();
      long tookNow = Math.max(1, Duration.ofNanos(System.nanoTime() - begun).toMillis());
      long rate = (to - done) * 1_000 / tookNow;
      done = to;
      tookMillis += tookNow;
      save();
      out.printf(
          "sim: %,d of %,d seeds, %d/s, %,d failed; %s; about %d min left%n",
          done, seeds, rate, failures, tally.verdict(), (seeds - done) / Math.max(1, rate) / 60);
    }
    Files.delete(file);
    return verdict();
  }

  private boolean verdict() {
    boolean clean = failures == 0 && tally.clean();
    out.printf(
        "sim: %,d batches with %,d samples, %,d segments deleted, %,d events, %,d samples lost with"
            + " record, %,d gone with a disk, %,d epochs of twins left open%n",
        tally.get(Count.BATCHES),
        tally.get(Count.SAMPLES),
        tally.get(Count.DELETED),
        tally.get(Count.EVENTS),
        tally.get(Count.RECORDED),
        tally.get(Count.GONE),
        tally.get(Count.OPEN));
    out.printf(
        "sim %s: %s; %,d seeds from %d, %d/s, %,d failed; %s%n",
        size,
        clean ? "passed" : "FAILED",
        seeds,
        first,
        seeds * 1_000 / Math.max(1, tookMillis),
        failures,
        tally.verdict());
    return clean;
  }

  private void load() throws IOException {
    if (!Files.exists(file)) {
      return;
    }
    Properties noted = new Properties();
    try (var in = Files.newBufferedReader(file)) {
      noted.load(in);
    }
    done = number(noted, "done");
    failures = number(noted, "failures");
    tookMillis = number(noted, "tookMillis");
    tally = Tally.parse(noted.getProperty("tally", ""));
    out.printf("sim: going on after %,d seeds; %s%n", done, file);
  }

  private static long number(Properties noted, String name) {
    return Long.parseLong(noted.getProperty(name, "0"));
  }

  private void save() throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".new");
    List<String> lines =
        List.of(
            "done=" + done,
            "failures=" + failures,
            "tookMillis=" + tookMillis,
            "tally=" + tally.toText());
    Files.write(next, lines, StandardCharsets.UTF_8);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
