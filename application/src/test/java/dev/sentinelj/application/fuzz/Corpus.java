package dev.sentinelj.application.fuzz;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Inputs that are run before any random ones: those that once did harm, from {@code
 * fuzz/<target>.txt} (a line of hex each, {@code #} starts a comment), and hostile ones.
 */
final class Corpus {
  private Corpus() {}

  static List<byte[]> of(String target) throws IOException {
    List<byte[]> inputs = new ArrayList<>(HostileInputs.of(target));
    try (InputStream file = Corpus.class.getResourceAsStream("/fuzz/" + target + ".txt")) {
      if (file != null) {
        inputs.addAll(lines(file));
      }
    }
    return inputs;
  }

  private static List<byte[]> lines(InputStream file) {
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(file, StandardCharsets.UTF_8))) {
      return in.lines()
          .map(line -> line.replaceAll("#.*", "").strip())
          .filter(line -> !line.isEmpty())
          .map(HexFormat.of()::parseHex)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
