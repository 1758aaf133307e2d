package dev.sentinelj.application.agent;

import dev.sentinelj.core.ingest.RetryReason;
import dev.sentinelj.core.time.Now;
import java.util.random.RandomGenerator;

/**
 * How long sending pauses because gateways asked to wait: nothing at all is sent before the delay
 * has passed, because the reasons are the gateway's own. Only one batch that it does not believe
 * may be so by itself: it alone waits, longer each time, until a second one in a row is not
 * believed either.
 */
final class Pause {

  /** Bound on the wait a gateway may ask for. */
  static final long MAX_MILLIS = 600_000;

  private final RandomGenerator random;
  private boolean on;
  private long untilNanos;

  /** Answers in a row that said so. */
  private int disbelieved;

  Pause(RandomGenerator random) {
    this.random = random;
  }

  /**
   * A gateway asks to wait with {@code delivery}.
   *
   * @return until when this one waits, by the monotonic clock
   */
  long asked(Delivery delivery, RetryReason reason, long delayMillis, Now now) {
    long delay = Math.clamp(delayMillis, 0, MAX_MILLIS);
    disbelieved = reason == RetryReason.NOT_BELIEVED ? disbelieved + 1 : 0;
    if (disbelieved == 1) {
      return now.monotonicNanos() + Math.max(delay, delivery.backOffMillis(random)) * 1_000_000;
    }
    on = true;
    untilNanos = now.monotonicNanos() + delay * 1_000_000;
    return untilNanos;
  }

  /** A gateway took a batch, so it believes us. */
  void believed() {
    disbelieved = 0;
  }

  boolean over(Now now) {
    on &= now.monotonicNanos() - untilNanos < 0;
    return !on;
  }

  void sessionEnded() {
    on = false;
  }
}
