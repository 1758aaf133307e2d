package dev.sentinelj.adapters.timescale;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jooq.JSONB;

/** Labels as a flat JSON object (RFC 8259) of strings, both ways. */
final class Labels {
  private Labels() {}

  static JSONB toJson(Map<String, String> labels) {
    return JSONB.valueOf(text(labels));
  }

  static String text(Map<String, String> labels) {
    StringBuilder out = new StringBuilder("{");
    labels.forEach((key, value) -> {
      if (out.length() > 1) {
        out.append(',');
      }
      quote(out, key);
      out.append(':');
      quote(out, value);
    });
    return out.append('}').toString();
  }

  /**
   * Text whose order by bytes is the order of the labels: the separator is below all that a label
   * may have.
   */
  static String order(SortedMap<String, String> labels) {
    StringBuilder out = new StringBuilder();
    labels.forEach((key, value) -> out.append(key).append('\u0001').append(value).append('\u0001'));
    return out.toString();
  }

  /** What the database gives back for an object that {@link #text} wrote. */
  static SortedMap<String, String> parse(JSONB json) {
    return new Reader(json.data()).object();
  }

  private static void quote(StringBuilder out, String text) {
    out.append('"');
    String storable = StoredText.of(text);
    for (int i = 0; i < storable.length(); i++) {
      char c = storable.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ') {
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }

  /** Reads the one form the database writes: an object whose values are strings. */
  private static final class Reader {
    private final String text;
    private int at;

    Reader(String text) {
      this.text = text;
    }

    SortedMap<String, String> object() {
      SortedMap<String, String> labels = new TreeMap<>();
      expect('{');
      while (next() != '}') {
        String key = string();
        expect(':');
        labels.put(key, string());
        if (next() == ',') {
          at++;
        }
      }
      return labels;
    }

    private char next() {
      while (text.charAt(at) == ' ') {
        at++;
      }
      return text.charAt(at);
    }

    private void expect(char c) {
      if (next() != c) {
        throw new IllegalStateException("labels are not an object of strings: " + text);
      }
      at++;
    }

    private String string() {
      expect('"');
      StringBuilder out = new StringBuilder();
      while (text.charAt(at) != '"') {
        char c = text.charAt(at++);
        out.append(c == '\\' ? escaped() : c);
      }
      at++;
      return out.toString();
    }

    private char escaped() {
      char c = text.charAt(at++);
      return switch (c) {
        case 'b' -> '\b';
        case 'f' -> '\f';
        case 'n' -> '\n';
        case 'r' -> '\r';
        case 't' -> '\t';
        case 'u' -> (char) Integer.parseInt(text.substring(at, at += 4), 16);
        default -> c;
      };
    }
  }
}
