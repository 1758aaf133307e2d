package dev.sentinelj.application.agent;

import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.driven.Uplink;
import org.jspecify.annotations.Nullable;

/** When a question is asked: once per session, and again when no answer came for a minute. */
final class Asking {
  private static final long ANSWER_MILLIS = 60_000;

  private Uplink.@Nullable Session in;
  private long atNanos;

  /** Whether to ask in {@code session} now; it counts as asked then. */
  boolean due(Uplink.Session session, Now now) {
    boolean waits =
        session.equals(in) && now.monotonicNanos() - atNanos < ANSWER_MILLIS * 1_000_000;
    if (!waits) {
      in = session;
      atNanos = now.monotonicNanos();
    }
    return !waits;
  }

  /**
   * What is asked next waits for nobody.
   *
   * @return the session that was asked in; null when there was no question
   */
  Uplink.@Nullable Session answered() {
    Uplink.Session asked = in;
    in = null;
    return asked;
  }
}
