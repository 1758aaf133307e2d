package dev.sentinelj.adapters.http;

import java.time.Duration;
import java.util.Optional;

/**
 * The cookie of a browser session. Browsers share cookies between the ports of a host, so the port
 * is part of its name and two servers on one machine do not log each other out.
 */
final class SessionCookie {
  /** A cookie younger than this is not made anew. */
  private static final Duration RENEW_AFTER = Duration.ofMinutes(1);

  private final Tokens tokens;
  private final String name;
  private final EndedSessions ended = new EndedSessions();

  SessionCookie(Tokens tokens, int port) {
    this.tokens = tokens;
    this.name = "sentinel_session_" + port;
  }

  String name() {
    return name;
  }

  Optional<Session> read(String value, long nowMillis) {
    return tokens.readSession(value, nowMillis).filter(session -> !ended.contains(session));
  }

  /** The header that hands out {@code session}, as of now. */
  String set(Session session, long nowMillis) {
    return header(tokens.cookie(session, nowMillis), Tokens.LIFE.toSeconds());
  }

  /** The header that keeps a used session alive, when it is time for that. */
  Optional<String> renewal(Session session, long nowMillis) {
    boolean due = nowMillis / 1000 - session.issuedSeconds() >= RENEW_AFTER.toSeconds();
    return due && !ended.contains(session)
        ? Optional.of(set(session, nowMillis))
        : Optional.empty();
  }

  /** Ends {@code session} and gives the header that takes the cookie away. */
  String end(Session session, long nowMillis) {
    ended.end(session, nowMillis);
    return gone();
  }

  String gone() {
    return header("", 0);
  }

  /** Secure is left out as long as only plain HTTP on loopback is served. */
  private String header(String value, long maxAgeSeconds) {
    return name
        + "="
        + value
        + "; Path=/; Max-Age="
        + maxAgeSeconds
        + "; HttpOnly; SameSite=Strict";
  }
}
