package dev.sentinelj.core.metric;

import java.util.Collections;
import java.util.Iterator;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a stream of values is about: name, type, unit and labels. Together with the agent it is the
 * identity of the stream.
 *
 * @param name 1 to {@value #MAX_NAME} characters, no control characters
 * @param unit UCUM as OpenTelemetry uses it ({@code By}, {@code s}, {@code 1}), may be empty
 * @param labels sorted by key (UTF-16 code units, as {@link String#compareTo}); at most {@value
 *     #MAX_LABELS}
 */
public record Series(String name, MetricType type, String unit, SortedMap<String, String> labels)
    implements Comparable<Series> {
  public static final int MAX_NAME = 255;
  public static final int MAX_UNIT = 63;
  public static final int MAX_LABELS = 64;
  public static final int MAX_LABEL_KEY = 255;
  public static final int MAX_LABEL_VALUE = 1024;

  public Series {
    text("name", name, 1, MAX_NAME);
    text("unit", unit, 0, MAX_UNIT);
    if (labels.size() > MAX_LABELS) {
      throw new IllegalArgumentException("more than " + MAX_LABELS + " labels: " + labels.size());
    }
    labels.forEach((key, value) -> {
      text("label key", key, 1, MAX_LABEL_KEY);
      text("label value", value, 0, MAX_LABEL_VALUE);
    });
    labels = Collections.unmodifiableSortedMap(sorted(labels));
  }

  public static Series gauge(String name, String unit, Map<String, String> labels) {
    return new Series(name, MetricType.GAUGE, unit, new TreeMap<>(labels));
  }

  /**
   * By name, type, unit and labels. A hash table then stays fast when somebody chose series of one
   * hash.
   */
  @Override
  public int compareTo(Series other) {
    int order = name.compareTo(other.name);
    order = order != 0 ? order : type.compareTo(other.type);
    order = order != 0 ? order : unit.compareTo(other.unit);
    return order != 0 ? order : compare(labels, other.labels);
  }

  public static Series counter(String name, String unit, Map<String, String> labels) {
    return new Series(name, MetricType.COUNTER, unit, new TreeMap<>(labels));
  }

  private static int compare(SortedMap<String, String> one, SortedMap<String, String> other) {
    Iterator<Map.Entry<String, String>> others = other.entrySet().iterator();
    for (Map.Entry<String, String> label : one.entrySet()) {
      if (!others.hasNext()) {
        return 1;
      }
      Map.Entry<String, String> against = others.next();
      int order = label.getKey().compareTo(against.getKey());
      order = order != 0 ? order : label.getValue().compareTo(against.getValue());
      if (order != 0) {
        return order;
      }
    }
    return others.hasNext() ? -1 : 0;
  }

  /* Not the copy constructor: that one would keep the order of the caller's map. */
  private static SortedMap<String, String> sorted(SortedMap<String, String> labels) {
    SortedMap<String, String> sorted = new TreeMap<>();
    sorted.putAll(labels);
    return sorted;
  }

  private static void text(String what, String value, int min, int max) {
    if (value.length() < min || value.length() > max) {
      throw new IllegalArgumentException(
          what + " must have " + min + " to " + max + " characters, not " + value.length());
    }
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (Character.isISOControl(c) || unpairedSurrogate(value, i)) {
        throw new IllegalArgumentException(what + " has a character that text may not have");
      }
    }
  }

  private static boolean unpairedSurrogate(String value, int i) {
    char c = value.charAt(i);
    if (Character.isHighSurrogate(c)) {
      return i + 1 == value.length() || !Character.isLowSurrogate(value.charAt(i + 1));
    }
    return Character.isLowSurrogate(c)
        && (i == 0 || !Character.isHighSurrogate(value.charAt(i - 1)));
  }
}
