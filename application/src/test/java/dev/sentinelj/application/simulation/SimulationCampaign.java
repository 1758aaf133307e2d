package dev.sentinelj.application.simulation;

import dev.sentinelj.application.simulation.Tally.Count;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;

/**
 * A long run: {@code SIZE DIRECTORY [FIRST_SEED]}. What is done is noted in the directory every few
 * seconds, so that a campaign that was stopped goes on, as long as it is the same build. The last
 * line is the verdict; the exit code is 0 when nothing failed, 1 when something did, 2 on wrong
 * usage.
 */
public final class SimulationCampaign {
  private static final Map<String, Long> SEEDS =
      Map.of("commit", 2_000L, "night", 200_000L, "release", 1_000_000L);

  /** Noted after so many seeds. */
  private static final long CHUNK = 500;

  private final String size;
  private final long seeds;
  private final long first;
  private final SimulationProgress progress;
  private final PrintStream out;

  private SimulationCampaign(
      String size, long first, SimulationProgress progress, PrintStream out) {
    this.size = size;
    this.seeds = SEEDS.getOrDefault(size, 0L);
    this.first = first;
    this.progress = progress;
    this.out = out;
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    if (args.length < 2 || args.length > 3 || !SEEDS.containsKey(args[0])) {
      System.err.println("sim: usage: commit|night|release DIRECTORY [FIRST_SEED]");
      System.exit(2);
    }
    long first = 1;
    try {
      first = args.length > 2 ? Long.parseLong(args[2]) : 1;
    } catch (NumberFormatException e) {
      System.err.println("sim: a seed is a whole number of 64 bits, not " + args[2]);
      System.exit(2);
    }
    System.exit(locked(args[0], Files.createDirectories(Path.of(args[1])), first));
  }

  private static int locked(String size, Path directory, long first)
      throws IOException, InterruptedException {
    Path file = directory.resolve("sim-" + size + "-" + first + ".lock");
    try (FileChannel channel =
            FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      if (lock == null) {
        System.err.println("sim: the same campaign runs already in " + directory);
        return 2;
      }
      SimulationProgress progress = SimulationProgress.open(directory, size, first, System.out);
      return new SimulationCampaign(size, first, progress, System.out).run() ? 0 : 1;
    }
  }

  private boolean run() throws IOException, InterruptedException {
    while (progress.done() < seeds) {
      long begun = System.nanoTime();
      Campaign chunk = new Campaign(Sabotage.NONE);
      long from = progress.done();
      long to = Math.min(seeds, from + CHUNK);
      Tally tally = chunk.run(first + from, first + to - 1);
      chunk.reports().forEach(out::println);
      long tookMillis = Math.max(1, Duration.ofNanos(System.nanoTime() - begun).toMillis());
      progress.note(to, tally, chunk.failures(), chunk.reports(), tookMillis);
      long rate = (to - from) * 1_000 / tookMillis;
      out.printf(
          "sim: %,d of %,d seeds, %d/s, %,d failed; %s; about %d min left%n",
          to,
          seeds,
          rate,
          progress.failures(),
          progress.tally().verdict(),
          (seeds - to) / Math.max(1, rate) / 60);
    }
    boolean clean = verdict();
    progress.finish();
    return clean;
  }

  private boolean verdict() {
    Tally tally = progress.tally();
    boolean clean = progress.failures() == 0 && tally.clean();
    out.printf(
        "sim: %,d batches with %,d samples, %,d segments deleted, %,d events, %,d samples lost with"
            + " record, %,d gone with a disk, %,d epochs or batches of twins left open%n",
        tally.get(Count.BATCHES),
        tally.get(Count.SAMPLES),
        tally.get(Count.DELETED),
        tally.get(Count.EVENTS),
        tally.get(Count.RECORDED),
        tally.get(Count.GONE),
        tally.get(Count.OPEN));
    if (!clean) {
      out.printf("sim: what failed stands in %s%n", progress.findings());
    }
    out.printf(
        "sim %s: %s; %,d seeds from %d, %d/s, %,d failed; %s%n",
        size,
        clean ? "passed" : "FAILED",
        seeds,
        first,
        seeds * 1_000 / Math.max(1, progress.tookMillis()),
        progress.failures(),
        tally.verdict());
    return clean;
  }
}
