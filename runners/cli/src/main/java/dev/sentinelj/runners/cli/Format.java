package dev.sentinelj.runners.cli;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Numbers, ages and labels as people read them. */
final class Format {
  private static final String[] BINARY = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};

  private Format() {}

  /** {@code unit} is UCUM: bytes in powers of 1024, a ratio in percent, else as it is. */
  static String value(double value, String unit) {
    return switch (unit) {
      case "By" -> bytes(value);
      case "1" ->
          Math.abs(value) <= 1 ? String.format(Locale.ROOT, "%.1f %%", value * 100) : number(value);
      case "" -> number(value);
      default -> unit.startsWith("{") ? number(value) : number(value) + " " + unit;
    };
  }

  static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : String.format(Locale.ROOT, "%.3f", value);
  }

  /** A number as it is, without an exponent. */
  static String plain(JsonNode number) {
    return new BigDecimal(number.toString()).toPlainString();
  }

  private static String bytes(double value) {
    double rest = value;
    int power = 0;
    while (Math.abs(rest) >= 1024 && power < BINARY.length - 1) {
      rest /= 1024;
      power++;
    }
    return power == 0
        ? number(rest) + " B"
        : String.format(Locale.ROOT, "%.1f %s", rest, BINARY[power]);
  }

  static String labels(JsonNode labels) {
    return labels.properties().stream()
        .map(label -> label.getKey() + "=" + label.getValue().asString())
        .collect(Collectors.joining(","));
  }

  /** How long ago {@code time} (RFC 3339, may be empty) was. */
  static String age(String time, Instant now) {
    if (time.isEmpty()) {
      return "never";
    }
    Duration age = Duration.between(Instant.parse(time), now);
    if (age.isNegative()) {
      return "now";
    }
    if (age.toHours() >= 48) {
      return age.toDays() + " d ago";
    }
    if (age.toMinutes() >= 120) {
      return age.toHours() + " h ago";
    }
    return age.toSeconds() >= 120 ? age.toMinutes() + " min ago" : age.toSeconds() + " s ago";
  }
}
