package dev.sentinelj.adapters.timescale;

/** Text from outside, made fit for a text column. */
final class StoredText {
  private static final char REPLACEMENT = '\uFFFD';

  private StoredText() {}

  /**
   * The same text with what PostgreSQL cannot keep (NUL, half a surrogate pair) replaced by U+FFFD.
   */
  static String of(String text) {
    StringBuilder out = null;
    for (int i = 0; i < text.length(); i++) {
      if (!storable(text, i)) {
        out = out == null ? new StringBuilder(text) : out;
        out.setCharAt(i, REPLACEMENT);
      }
    }
    return out == null ? text : out.toString();
  }

  private static boolean storable(String text, int i) {
    char c = text.charAt(i);
    if (Character.isHighSurrogate(c)) {
      return i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1));
    }
    if (Character.isLowSurrogate(c)) {
      return i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
    }
    return c != 0;
  }
}
