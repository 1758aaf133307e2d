package dev.sentinelj.application.agent;

import dev.sentinelj.core.session.Downlink;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.driven.Uplink;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The present session and when the next one may be tried. What a former session still says is heard
 * by nobody.
 *
 * <pre>
 * WAITING ---> CONNECTING ---> OPEN
 *    ^             |            |      any ---> STOPPED
 *    +-------------+------------+
 * </pre>
 */
final class Connection {

  /** After a session that was lost or did not come about. */
  static final Backoff LOST = new Backoff(0, 1_000, 30_000);

  /** After a refusal, which asking more often does not change. */
  static final Backoff REFUSED = new Backoff(1_000, 2_000, 600_000);

  /** A session that lasted so long was a success: the next failure counts as the first. */
  private static final long SETTLED_MILLIS = 10_000;

  private final Uplink uplink;
  private final Executor mailbox;
  private final RandomGenerator random;
  private Exporter.State state = Exporter.State.WAITING;
  private Uplink.@Nullable Session session;
  private long number;
  private @Nullable Now since;
  private @Nullable Now lastHeartbeat;
  private boolean triedBefore;
  private long tryAtNanos;
  private int failures;
  private boolean clockCorrected;

  /**
   * @param mailbox where events of the uplink come back to
   */
  Connection(Uplink uplink, Executor mailbox, RandomGenerator random) {
    this.uplink = uplink;
    this.mailbox = mailbox;
    this.random = random;
  }

  Exporter.State state() {
    return state;
  }

  /** The session while it is open. */
  Uplink.@Nullable Session open() {
    return state == Exporter.State.OPEN ? session : null;
  }

  /** Whether it is time for the next try. */
  boolean due(Now now) {
    return state == Exporter.State.WAITING
        && (!triedBefore || now.monotonicNanos() - tryAtNanos >= 0);
  }

  /** Tries to open a session; {@code events} hears what it says while it is the present one. */
  void connect(Uplink.Opening opening, Consumer<Downlink> events, Now now) {
    triedBefore = true;
    state = Exporter.State.CONNECTING;
    since = now;
    clockCorrected = false;
    long mine = ++number;
    session =
        uplink.open(
            opening,
            event ->
                mailbox.execute(() -> {
                  if (mine == number) {
                    events.accept(event);
                  }
                }));
  }

  void opened(Now now) {
    state = Exporter.State.OPEN;
    since = now;
    lastHeartbeat = now;
  }

  /** How long it has been in its state of {@code CONNECTING} or {@code OPEN}. */
  long sinceMillis(Now now) {
    return since == null ? 0 : now.millisSince(since);
  }

  /** Sends a heart-beat when the last one was {@code everyMillis} ago. */
  void heartbeat(long everyMillis, long stampMillis, Now now) {
    if (session != null && lastHeartbeat != null && now.millisSince(lastHeartbeat) >= everyMillis) {
      lastHeartbeat = now;
      session.heartbeat(stampMillis);
    }
  }

  /** What went wrong may have been the clock's fault, so that the next try is the first. */
  void clockCorrected() {
    clockCorrected = true;
  }

  /** Whether {@link #clockCorrected()} was called since the last try. */
  boolean isClockCorrected() {
    return clockCorrected;
  }

  /** Ends the session; the state stays until it is said what comes next. */
  void end() {
    number++; // whatever the old one still says is not for the next
    Uplink.Session ended = session;
    session = null;
    if (ended != null) {
      ended.close();
    }
  }

  /** Has another session tried after a while. */
  void retry(Backoff backoff, Now now) {
    boolean settled = state == Exporter.State.OPEN && sinceMillis(now) >= SETTLED_MILLIS;
    failures = settled || clockCorrected ? 1 : failures + 1;
    state = Exporter.State.WAITING;
    tryAtNanos = now.monotonicNanos() + backoff.millis(failures, random) * 1_000_000;
  }

  /** Ends the session for good. */
  void stop() {
    state = Exporter.State.STOPPED;
    end();
  }
}
