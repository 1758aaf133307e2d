package dev.sentinelj.core.vectors;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Properties;

/** One file of docs/vectors: the very files that the protocol's page points at. */
final class Vectors {
  private static final Path DIRECTORY = Path.of("..", "docs", "vectors");

  private final Properties values = new Properties();

  Vectors(String file) throws IOException {
    try (Reader in = Files.newBufferedReader(DIRECTORY.resolve(file), StandardCharsets.UTF_8)) {
      values.load(in);
    }
  }

  String text(String name) {
    return Objects.requireNonNull(values.getProperty(name), name);
  }

  long number(String name) {
    return Long.parseLong(text(name));
  }

  /** 64 bits as 16 hexadecimal digits. */
  long bits(String name) {
    return HexFormat.fromHexDigitsToLong(text(name));
  }

  byte[] bytes(String name) {
    return HexFormat.of().parseHex(text(name));
  }
}
