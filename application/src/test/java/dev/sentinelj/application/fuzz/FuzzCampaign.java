package dev.sentinelj.application.fuzz;

import dev.sentinelj.testkit.fuzz.FuzzFigures;
import dev.sentinelj.testkit.fuzz.FuzzTarget;
import dev.sentinelj.testkit.fuzz.Fuzzer;
import dev.sentinelj.testkit.fuzz.Pace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Millions of damaged inputs on all cores. Arguments: the size, the directory of the progress and,
 * when it matters, the seed; each campaign has a new one otherwise. CPU time is judged here.
 */
public final class FuzzCampaign {
  private static final Map<String, Long> INPUTS =
      Map.of("commit", 200_000L, "night", 20_000_000L, "release", 100_000_000L);

  /** Inputs of one target that are run in one go; a campaign that was stopped repeats one of it. */
  private static final int CHUNK = 5_000;

  private static final long REPORT_EACH_NANOS = 30_000_000_000L;

  private final CampaignProgress progress;
  private final long chunks;
  private final int targets;
  private final long startedNanos = System.nanoTime();
  private final long startedAt;
  private long reportedNanos = startedNanos;

  private FuzzCampaign(CampaignProgress progress, long inputs) {
    this.progress = progress;
    this.targets = Targets.all().size();
    this.chunks = Math.ceilDiv(inputs, (long) CHUNK * targets) * targets;
    this.startedAt = progress.done();
  }

  /** Ends the process with 0 when nothing was found, 1 when something was, 2 on wrong usage. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    if (arguments.length < 2 || arguments.length > 3 || !INPUTS.containsKey(arguments[0])) {
      System.err.println("fuzz: usage: commit|night|release DIRECTORY [SEED]");
      System.exit(2);
    }
    long seed = 0;
    try {
      seed = arguments.length == 3 ? Long.parseLong(arguments[2]) : new SecureRandom().nextLong();
    } catch (NumberFormatException e) {
      System.err.println("fuzz: a seed is a whole number of 64 bits, not " + arguments[2]);
      System.exit(2);
    }
    Path directory = Files.createDirectories(Path.of(arguments[1]));
    Path file = directory.resolve("fuzz-" + arguments[0] + ".properties");
    System.exit(lockedRun(file, arguments[0], seed, arguments.length == 3));
  }

  private static int lockedRun(Path file, String size, long seed, boolean seedGiven)
      throws IOException, InterruptedException {
    Path lockFile = file.resolveSibling("fuzz-" + size + ".lock");
    try (FileChannel channel =
            FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      if (lock == null) {
        System.err.println("fuzz: another campaign of this size runs in " + file.getParent());
        return 2;
      }
      CampaignProgress progress = CampaignProgress.open(file, seed, seedGiven);
      return new FuzzCampaign(progress, INPUTS.get(size)).run();
    }
  }

  private int run() throws IOException, InterruptedException {
    System.out.printf(
        "fuzz: %,d inputs, seed %d, from %,d%n",
        chunks * CHUNK, progress.seed(), startedAt * CHUNK);
    if (startedAt == 0) {
      runCorpus();
    }
    int threads = Runtime.getRuntime().availableProcessors();
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Future<?>> workers = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        workers.add(pool.submit(this::work));
      }
      for (Future<?> worker : workers) {
        worker.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("a thread of the campaign ended", e.getCause());
    } finally {
      pool.shutdownNow();
    }
    return verdict();
  }

  private void runCorpus() throws IOException {
    for (FuzzTarget target : Targets.all()) {
      Fuzzer fuzzer = new Fuzzer(target, progress.seed(), Pace.PROMISED);
      for (byte[] input : Corpus.of(target.name())) {
        take(-1, fuzzer.runInput(input));
      }
    }
  }

  /** One thread: targets of its own, and chunk after chunk that no other thread has. */
  private void work() {
    List<Fuzzer> fuzzers = new ArrayList<>();
    for (FuzzTarget target : Targets.all()) {
      fuzzers.add(new Fuzzer(target, progress.seed(), Pace.PROMISED));
    }
    for (long chunk = progress.next(); chunk < chunks; chunk = progress.next()) {
      long from = chunk / targets * CHUNK;
      take(chunk, fuzzers.get((int) (chunk % targets)).run(from, from + CHUNK));
    }
  }

  private synchronized void take(long chunk, FuzzFigures figures) {
    figures.findings().forEach(finding -> System.out.println("fuzz: FOUND " + finding));
    try {
      progress.take(chunk, figures);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot keep the progress", e);
    }
    long now = System.nanoTime();
    if (now - reportedNanos > REPORT_EACH_NANOS) {
      reportedNanos = now;
      double seconds = (now - startedNanos) / 1e9;
      double perSecond = (progress.done() - startedAt) * CHUNK / seconds;
      System.out.printf(
          Locale.ROOT,
          "fuzz: %,d of %,d, %,.0f a second, %d found%n",
          progress.done() * CHUNK,
          chunks * CHUNK,
          perSecond,
          progress.found());
    }
  }

  private int verdict() throws IOException {
    long inputs = 0;
    for (String target : Targets.all().stream().map(FuzzTarget::name).toList()) {
      FuzzFigures figures = progress.figures(target);
      inputs += figures.inputs();
      System.out.println("fuzz: " + figures);
    }
    long found = progress.found();
    if (found > 0) {
      System.out.println("fuzz: what was found stands in " + progress.findings());
    }
    progress.finish();
    System.out.printf(
        Locale.ROOT,
        "fuzz: %s: %,d inputs, %d targets, %d found; seed %d%n",
        found == 0 ? "passed" : "FAILED",
        inputs,
        targets,
        found,
        progress.seed());
    return found == 0 ? 0 : 1;
  }
}
