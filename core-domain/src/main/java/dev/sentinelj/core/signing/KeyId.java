package dev.sentinelj.core.signing;

import dev.sentinelj.core.wire.MalformedException;
import java.util.regex.Pattern;

/** Name of a key, not secret: 1 to 63 of {@code a-z 0-9 . _ -}. */
public record KeyId(String value) {
  /** Longest id, in bytes and in characters. */
  public static final int MAX_BYTES = 63;

  private static final Pattern FORM = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");

  public KeyId {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "a key id is 1 to 63 of a-z 0-9 . _ - and starts with a letter or digit");
    }
  }

  /**
   * @throws MalformedException when {@code value} is no key id
   */
  public static KeyId parse(String value) {
    try {
      return new KeyId(value);
    } catch (IllegalArgumentException e) {
      throw new MalformedException(String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
