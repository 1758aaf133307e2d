package dev.sentinelj.core.batch;

import java.util.regex.Pattern;

/**
 * Name of an agent: 1 to 63 of {@code a-z 0-9 . _ -}, starting with a letter or digit, so that it
 * is safe in a path, a subject, a URL and a log line.
 */
public record AgentId(String value) implements Comparable<AgentId> {
  /** Longest id, in bytes and in characters. */
  public static final int MAX_BYTES = 63;

  private static final Pattern FORM = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");

  public AgentId {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "an agent id is 1 to 63 of a-z 0-9 . _ - and starts with a letter or digit");
    }
  }

  @Override
  public int compareTo(AgentId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
