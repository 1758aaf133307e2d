package dev.sentinelj.adapters.files;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Reads {@code key = value} lines. Blank lines and lines that start with {@code #} are left out;
 * keys are letters, digits and {@code . _ -}; space around key and value is dropped; a value may be
 * empty and may hold {@code =} and {@code #}. Which keys there are is the caller's to know.
 */
public final class ConfigFile {
  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

  /** A configuration is small; anything longer is the wrong file. */
  private static final long MAX_BYTES = 1 << 20;

  private ConfigFile() {}

  /**
   * The values by key, in the order of the file.
   *
   * @throws UnusablePathException when the file cannot be read, a line is no such pair, or a key
   *     comes twice; the message names file and line
   */
  public static Map<String, String> read(Path file) {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new UnusablePathException(
            file + " is larger than " + MAX_BYTES + " bytes: is it the right file?");
      }
      return parse(file.toString(), Files.readAllLines(file));
    } catch (CharacterCodingException e) {
      throw new UnusablePathException(file + " is not UTF-8 text", e);
    } catch (IOException e) {
      throw new UnusablePathException(file + " cannot be read: " + Reasons.of(e), e);
    }
  }

  /**
   * As {@link #read}, of lines that are there already.
   *
   * @param name what errors call them
   */
  public static Map<String, String> parse(String name, List<String> lines) {
    Map<String, String> values = new LinkedHashMap<>();
    Map<String, Integer> lineOf = new LinkedHashMap<>();
    int number = 0;
    for (String raw : lines) {
      number++;
      String line = raw.strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      int equals = line.indexOf('=');
      String key = equals < 0 ? line : line.substring(0, equals).strip();
      if (equals < 0 || !KEY.matcher(key).matches()) {
        throw new UnusablePathException(
            name + " line " + number + " is not of the form 'key = value'");
      }
      if (values.putIfAbsent(key, line.substring(equals + 1).strip()) != null) {
        throw new UnusablePathException(
            name + " line " + number + " sets " + key + " again: line " + lineOf.get(key) + " did");
      }
      lineOf.put(key, number);
    }
    return Collections.unmodifiableMap(values);
  }
}
