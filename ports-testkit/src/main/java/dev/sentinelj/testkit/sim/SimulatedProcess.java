package dev.sentinelj.testkit.sim;

import dev.sentinelj.core.time.Now;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * One life of a process: runs tasks until it is killed, and nothing of it afterwards. As an
 * executor it runs each task a little later, a random delay apart, so that tasks may overtake each
 * other.
 */
public final class SimulatedProcess implements Executor {
  private static final long MAX_DELAY_MILLIS = 20;

  private final SimulatedWorld world;
  private final String name;
  private final RandomGenerator random;
  private final long bornNanos;
  private long wallOffsetMillis;
  private boolean killed;

  SimulatedProcess(SimulatedWorld world, String name, RandomGenerator random) {
    this.world = world;
    this.name = name;
    this.random = random;
    this.bornNanos = world.now().monotonicNanos();
  }

  public String name() {
    return name;
  }

  public boolean alive() {
    return !killed;
  }

  /** Ends it as power loss does: what was scheduled never runs. */
  public void kill() {
    if (alive()) {
      killed = true;
      world.trace(name + " is killed");
    }
  }

  /** How far its wall clock is from true time, from now on. */
  public void setWallOffset(long millis) {
    wallOffsetMillis = millis;
  }

  /** Its own clocks: a wall clock that may be off, and a monotonic one that began with it. */
  public Now now() {
    Now truth = world.now();
    return new Now(truth.wallMillis() + wallOffsetMillis, truth.monotonicNanos() - bornNanos);
  }

  /** Runs {@code task} after 0 to 20 ms if the process lives then. */
  @Override
  public void execute(Runnable task) {
    schedule(random.nextLong(MAX_DELAY_MILLIS + 1), task);
  }

  /** Runs {@code task} after {@code delayMillis} if the process lives then. */
  public void schedule(long delayMillis, Runnable task) {
    world
        .events()
        .schedule(
            delayMillis,
            () -> {
              if (alive()) {
                task.run();
              }
            });
  }

  /**
   * Runs {@code task} every {@code periodMillis}, first after one period, while the process lives.
   */
  public void every(long periodMillis, Runnable task) {
    if (periodMillis < 1) {
      throw new IllegalArgumentException("a period is at least 1 ms, not " + periodMillis);
    }
    schedule(
        periodMillis,
        () -> {
          task.run();
          every(periodMillis, task);
        });
  }

  /** An executor like this one whose tasks run one after another in the order they came. */
  public Executor inOrder() {
    return new Executor() {
      private long lastAtMillis;

      @Override
      public void execute(Runnable task) {
        long now = world.events().elapsedMillis();
        lastAtMillis = Math.max(lastAtMillis, now + random.nextLong(MAX_DELAY_MILLIS + 1));
        schedule(lastAtMillis - now, task);
      }
    };
  }
}
