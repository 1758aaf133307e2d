package dev.sentinelj.auditor;

import java.time.Duration;

/**
 * How long an audit waits for the database; zero is as long as it takes.
 *
 * @param reply for the answer to one statement, or a part of it
 * @param lock for a table that somebody else has for himself
 */
public record Patience(Duration reply, Duration lock) {
  /** For a person who looks on and can end it. */
  public static final Patience ENDLESS = new Patience(Duration.ZERO, Duration.ZERO);

  /** The database ends a statement itself; after so much more it counts as gone. */
  static final Duration GRACE = Duration.ofSeconds(1);

  /** For the driver: seconds that no byte comes. */
  String socketSeconds() {
    return reply.isZero() ? "0" : Long.toString(reply.plus(GRACE).toSeconds());
  }
}
