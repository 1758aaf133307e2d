package dev.sentinelj.core.replay;

import java.time.Duration;

/**
 * How far the time of sending may lie from the receiver's clock. Both edges are inclusive: what was
 * sent exactly {@code tolerance} ago, or will be sent exactly {@code tolerance} from now, is
 * admitted. Sample times do not matter here: a backlog of weeks passes.
 */
public record ReplayWindow(Duration tolerance) {
  public static final ReplayWindow DEFAULT = new ReplayWindow(Duration.ofMinutes(5));

  public ReplayWindow {
    if (tolerance.isNegative() || tolerance.isZero()) {
      throw new IllegalArgumentException(
          "the replay window must be longer than nothing: " + tolerance);
    }
  }

  public boolean admits(long sentAtMillis, long nowMillis) {
    long millis = tolerance.toMillis();
    return sentAtMillis >= nowMillis - millis && sentAtMillis <= nowMillis + millis;
  }
}
