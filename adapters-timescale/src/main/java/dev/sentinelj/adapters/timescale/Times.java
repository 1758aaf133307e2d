package dev.sentinelj.adapters.timescale;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * Milliseconds since the Unix epoch, as the domain counts, and timestamptz, as the database does.
 */
final class Times {
  static final long DAY_MILLIS = 86_400_000;

  /** 2000-01-01 UTC, from which PostgreSQL counts microseconds. */
  private static final long POSTGRES_EPOCH_MILLIS = 946_684_800_000L;

  /** 1970-01-01 up to and without 10000-01-01: what a day partition can have a name for. */
  private static final long GREATEST_MILLIS = 253_402_300_800_000L;

  private Times() {}

  /** Milliseconds outside what the database can say become its first and last day. */
  static OffsetDateTime of(long millis) {
    long clamped = Math.clamp(millis, 0, GREATEST_MILLIS - 1);
    return Instant.ofEpochMilli(clamped).atOffset(ZoneOffset.UTC);
  }

  /** 0 means never, which is NULL. */
  static @Nullable OffsetDateTime orNull(long millis) {
    return millis == 0 ? null : of(millis);
  }

  static long millis(@Nullable OffsetDateTime time) {
    return time == null ? 0 : time.toInstant().toEpochMilli();
  }

  /** The 64 bits of a binary timestamptz. */
  static long postgresMicros(long millis) {
    return (millis - POSTGRES_EPOCH_MILLIS) * 1_000;
  }

  /** Days since 1970-01-01. */
  static long day(long millis) {
    if (millis < 0 || millis >= GREATEST_MILLIS) {
      throw new IllegalArgumentException("a time stamp the store has no day for: " + millis);
    }
    return millis / DAY_MILLIS;
  }
}
