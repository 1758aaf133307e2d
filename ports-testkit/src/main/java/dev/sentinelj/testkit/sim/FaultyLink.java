package dev.sentinelj.testkit.sim;

import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Carries messages one way, late, twice or never. Until it is cut: then everything on its way is
 * lost, and whatever is sent until it is restored.
 */
public final class FaultyLink<T> {
  private final SimulatedWorld world;
  private final Quality quality;
  private final Consumer<T> receiver;
  private final RandomGenerator random;
  private boolean cut;
  private long cuts;
  private long lastArrivalMillis;

  public FaultyLink(SimulatedWorld world, Quality quality, Consumer<T> receiver) {
    this.world = world;
    this.quality = quality;
    this.receiver = receiver;
    this.random = world.newRandom();
  }

  /**
   * @param minDelayMillis least time a message takes
   * @param maxDelayMillis greatest time a message takes, beyond waiting for its turn
   * @param loss share of messages that never arrive, 0 to 1
   * @param duplication share of messages that arrive twice, 0 to 1
   * @param ordered whether no message overtakes another
   */
  public record Quality(
      long minDelayMillis, long maxDelayMillis, double loss, double duplication, boolean ordered) {

    public Quality {
      if (minDelayMillis < 0 || maxDelayMillis < minDelayMillis) {
        throw new IllegalArgumentException(
            "bad delay: " + minDelayMillis + ".." + maxDelayMillis + " ms");
      }
    }

    /** As a connection is while it holds: everything arrives once and in order. */
    public static Quality connection(long maxDelayMillis) {
      return new Quality(0, maxDelayMillis, 0, 0, true);
    }
  }

  /** Sends {@code message}; the receiver hears it, or not, when the link says. */
  public void send(T message) {
    if (cut || random.nextDouble() < quality.loss()) {
      world.trace("lost on the way: " + message);
      return;
    }
    deliver(message);
    if (random.nextDouble() < quality.duplication()) {
      world.trace("doubled on the way: " + message);
      deliver(message);
    }
  }

  /** Loses what is on its way and everything sent until {@link #restore()}. Idempotent. */
  public void cut() {
    cut = true;
    cuts++;
  }

  public void restore() {
    cut = false;
  }

  public boolean isCut() {
    return cut;
  }

  private void deliver(T message) {
    long now = world.events().elapsedMillis();
    long arrival = now + random.nextLong(quality.minDelayMillis(), quality.maxDelayMillis() + 1);
    if (quality.ordered()) {
      arrival = Math.max(arrival, lastArrivalMillis);
      lastArrivalMillis = arrival;
    }
    long sentUnder = cuts;
    world
        .events()
        .schedule(
            arrival - now,
            () -> {
              if (sentUnder == cuts) {
                receiver.accept(message);
              }
            });
  }
}
