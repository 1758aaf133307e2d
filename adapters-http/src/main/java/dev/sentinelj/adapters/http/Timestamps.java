package dev.sentinelj.adapters.http;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Times as RFC 3339 in UTC with milliseconds. */
final class Timestamps {
  private static final DateTimeFormatter FORM =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);
  private static final int MAX_YEAR = 9999;

  private Timestamps() {}

  static String format(long millis) {
    return FORM.format(Instant.ofEpochMilli(millis));
  }

  /**
   * @throws DateTimeException when {@code text} is not a time of the years 0 to 9999
   */
  static long parse(String text) {
    OffsetDateTime time = OffsetDateTime.parse(text);
    if (time.getYear() < 0 || time.getYear() > MAX_YEAR) {
      throw new DateTimeException("year " + time.getYear());
    }
    return time.toInstant().toEpochMilli();
  }
}
