package dev.sentinelj.application.fuzz;

import dev.sentinelj.testkit.fuzz.FuzzFigures;
import dev.sentinelj.testkit.fuzz.FuzzFinding;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Properties;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How far a campaign came and what it saw, in a small file that is replaced as a whole; findings
 * stand in a second one, a line each. Thread safe.
 */
final class CampaignProgress {
  private static final long SAVED_EACH_NANOS = 5_000_000_000L;

  private final Path file;
  private final Path findings;
  private final long seed;
  private final TreeMap<String, FuzzFigures> figures = new TreeMap<>();

  /** Chunks that are done although one before them is not. */
  private final TreeSet<Long> ahead = new TreeSet<>();

  private long done;
  private long next;
  private long found;
  private long savedNanos = System.nanoTime();

  private CampaignProgress(Path file, long seed) {
    this.file = file;
    this.findings = file.resolveSibling(file.getFileName() + ".found");
    this.seed = seed;
  }

  /** What is there goes on, unless another seed is asked for. */
  static CampaignProgress open(Path file, long seed, boolean seedGiven) throws IOException {
    if (Files.exists(file)) {
      CampaignProgress earlier = load(file);
      if (!seedGiven || earlier.seed == seed) {
        return earlier;
      }
    }
    CampaignProgress progress = new CampaignProgress(file, seed);
    Files.deleteIfExists(progress.findings);
    progress.save();
    return progress;
  }

  long seed() {
    return seed;
  }

  /** Chunks that are done, without a gap from the first. */
  synchronized long done() {
    return done;
  }

  synchronized long found() {
    return found;
  }

  /** A chunk that nobody has taken. */
  synchronized long next() {
    return next++;
  }

  synchronized FuzzFigures figures(String target) {
    return figures.getOrDefault(target, FuzzFigures.none(target));
  }

  Path findings() {
    return findings;
  }

  /**
   * Takes what a chunk showed. It counts once all before it are done, so that what was stopped in
   * between runs again: its inputs are then counted twice, which the figures may be.
   */
  synchronized void take(long chunk, FuzzFigures more) throws IOException {
    figures.merge(more.target(), withoutFindings(more), FuzzFigures::and);
    for (FuzzFinding finding : more.findings()) {
      found++;
      Files.writeString(
          findings, finding + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
    if (chunk >= 0) {
      ahead.add(chunk);
    }
    while (ahead.remove(done)) {
      done++;
    }
    boolean due = System.nanoTime() - savedNanos > SAVED_EACH_NANOS;
    if (due || !more.findings().isEmpty()) {
      save();
    }
  }

  /** Leaves nothing to go on with: the next campaign is a new one. The findings stay. */
  synchronized void finish() throws IOException {
    Files.deleteIfExists(file);
  }

  private static FuzzFigures withoutFindings(FuzzFigures more) {
    return new FuzzFigures(
        more.target(),
        more.inputs(),
        more.accepted(),
        more.beyondTwice(),
        more.acceptedRatio(),
        more.nanosPerKib(),
        List.of());
  }

  private void save() throws IOException {
    Properties lines = new Properties();
    lines.setProperty("seed", Long.toString(seed));
    lines.setProperty("done", Long.toString(done));
    lines.setProperty("found", Long.toString(found));
    figures.forEach((target, seen) ->
        lines.setProperty(
            "target." + target,
            String.join(
                " ",
                Long.toString(seen.inputs()),
                Long.toString(seen.accepted()),
                Long.toString(seen.beyondTwice()),
                Double.toString(seen.acceptedRatio()),
                Long.toString(seen.nanosPerKib()))));
    Path part = file.resolveSibling(file.getFileName() + ".part");
    try (Writer out = Files.newBufferedWriter(part)) {
      lines.store(out, null);
    }
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    savedNanos = System.nanoTime();
  }

  private static CampaignProgress load(Path file) throws IOException {
    Properties lines = new Properties();
    try (Reader in = Files.newBufferedReader(file)) {
      lines.load(in);
    }
    CampaignProgress progress = new CampaignProgress(file, number(lines, "seed"));
    progress.done = number(lines, "done");
    progress.next = progress.done;
    progress.found = number(lines, "found");
    for (String name : lines.stringPropertyNames()) {
      if (name.startsWith("target.")) {
        String target = name.substring("target.".length());
        progress.figures.put(target, figures(target, lines.getProperty(name).split(" ", -1)));
      }
    }
    return progress;
  }

  private static FuzzFigures figures(String target, String[] words) {
    return new FuzzFigures(
        target,
        Long.parseLong(words[0]),
        Long.parseLong(words[1]),
        Long.parseLong(words[2]),
        Double.parseDouble(words[3]),
        Long.parseLong(words[4]),
        List.of());
  }

  private static long number(Properties lines, String name) {
    return Long.parseLong(lines.getProperty(name, "0"));
  }
}
