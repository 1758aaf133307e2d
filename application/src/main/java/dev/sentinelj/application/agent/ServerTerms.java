package dev.sentinelj.application.agent;

import dev.sentinelj.core.session.SessionLimits;
import dev.sentinelj.core.time.Now;

/**
 * What the server last said that the whole agent goes by: its clock and its limits. One owner: the
 * mailbox that drives batcher and exporter.
 */
public final class ServerTerms {

  /** A difference between the clocks up to this is taken for the time the answer travelled. */
  public static final long TOLERATED_SKEW_MILLIS = 1_000;

  private long offsetMillis;
  private SessionLimits limits = SessionLimits.DEFAULT;

  /** What is added to the agent's clock to get the server's, milliseconds. */
  public long offsetMillis() {
    return offsetMillis;
  }

  public SessionLimits limits() {
    return limits;
  }

  /** The server's time as far as it is known. */
  long stamp(Now now) {
    return now.wallMillis() + offsetMillis;
  }

  /**
   * Takes over the server's clock where it differs by more than {@link #TOLERATED_SKEW_MILLIS}.
   *
   * @return whether the offset changed
   */
  boolean adopt(long serverMillis, Now now) {
    if (Math.abs(serverMillis - stamp(now)) <= TOLERATED_SKEW_MILLIS) {
      return false;
    }
    long difference = serverMillis - now.wallMillis();
    offsetMillis = Math.abs(difference) <= TOLERATED_SKEW_MILLIS ? 0 : difference;
    return true;
  }

  void adopt(SessionLimits told) {
    limits = told;
  }
}
