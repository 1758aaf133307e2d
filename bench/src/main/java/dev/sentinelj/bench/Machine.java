package dev.sentinelj.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;

/** What a figure was taken on. A busy machine shows in the load average. */
final class Machine {
  private Machine() {}

  static void print() {
    System.out.printf(
        Locale.ROOT,
        "machine   %s, %d cores, load average %s, JDK %s%n",
        cpu(),
        Runtime.getRuntime().availableProcessors(),
        loadAverage(),
        Runtime.version());
  }

  /** Over 1, 5 and 15 minutes. */
  static String loadAverage() {
    String[] words = read(Path.of("/proc/loadavg")).split(" ", -1);
    return words[0] + " " + words[1] + " " + words[2];
  }

  private static String cpu() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse("unknown processor");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
