package dev.sentinelj.application.simulation;

import dev.sentinelj.core.digest.Sha256;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;

/** How far a campaign is, in a directory; what failed stays there when it has ended. */
final class SimulationProgress {
  private final Path file;
  private final Path findings;
  private final String build;
  private Tally tally = Tally.NONE;
  private long failures;
  private long done;
  private long tookMillis;

  private SimulationProgress(Path file, Path findings, String build) {
    this.file = file;
    this.findings = findings;
    this.build = build;
  }

  /** Goes on where the same build was stopped, or begins anew. */
  static SimulationProgress open(Path directory, String size, long first, PrintStream out)
      throws IOException {
    String name = "sim-" + size + "-" + first;
    SimulationProgress progress =
        new SimulationProgress(
            directory.resolve(name + ".properties"),
            directory.resolve(name + ".failed.txt"),
            digestOfClassPath());
    progress.load(out);
    return progress;
  }

  long done() {
    return done;
  }

  Tally tally() {
    return tally;
  }

  long failures() {
    return failures;
  }

  long tookMillis() {
    return tookMillis;
  }

  /** Reports of what failed. */
  Path findings() {
    return findings;
  }

  /** More is done, up to {@code now} seeds. */
  void note(long now, Tally more, long failed, List<String> reports, long millis)
      throws IOException {
    tally = tally.plus(more);
    failures += failed;
    done = now;
    tookMillis += millis;
    if (!reports.isEmpty()) {
      Files.write(findings, reports, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
    save();
  }

  void finish() throws IOException {
    Files.delete(file);
  }

  private void load(PrintStream out) throws IOException {
    Properties noted = new Properties();
    if (Files.exists(file)) {
      try (var in = Files.newBufferedReader(file)) {
        noted.load(in);
      }
    }
    if (!build.equals(noted.getProperty("build"))) {
      Files.deleteIfExists(findings); // of another build, whose seeds say nothing of this one
      return;
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
            "build=" + build,
            "done=" + done,
            "failures=" + failures,
            "tookMillis=" + tookMillis,
            "tally=" + tally.toText());
    Files.write(next, lines, StandardCharsets.UTF_8);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Of everything that takes part. */
  private static String digestOfClassPath() throws IOException {
    MessageDigest digest = Sha256.newDigest();
    try (Stream<Path> entries =
        Arrays.stream(System.getProperty("java.class.path").split(":"))
            .map(Path::of)
            .filter(Files::exists)) {
      entries.forEach(entry -> addClasses(entry, digest));
    }
    return Sha256.fromBytes(digest.digest()).toString();
  }

  private static void addClasses(Path directory, MessageDigest digest) {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        digest.update(directory.relativize(file).toString().getBytes(StandardCharsets.UTF_8));
        digest.update(Files.readAllBytes(file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
