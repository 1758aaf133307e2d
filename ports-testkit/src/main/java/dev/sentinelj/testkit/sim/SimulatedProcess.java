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
  private long maxDelayMillis = MAX_DELAY_MILLIS;
  private boolean killed;
  private long stepsLeft = Long.MAX_VALUE;
  private Runnable afterDeath = () -> {};

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

  /**
   * The end of a process in the middle of what it does: thrown through that, and caught where the
   * task began. Not an exception, so that nothing on the way handles it.
   */
  static final class Death extends Error {
    private static final long serialVersionUID = 1L;

    Death(String process) {
      super(process, null, false, false);
    }
  }

  /**
   * Has it die at the {@code steps}-th step from now: before it begins a task, or where {@link
   * #step} is called within one.
   *
   * @param steps at least 1
   * @param then runs right after, outside the process
   */
  public void dieAfter(long steps, Runnable then) {
    stepsLeft = steps;
    afterDeath = then;
  }

  /**
   * Marks a moment at which it may die. Ports call it before and after they do something.
   *
   * @throws Error when it dies here or is dead; nothing may catch it
   */
  public void step() {
    if (!killed && --stepsLeft == 0) {
      kill();
      world.events().schedule(0, afterDeath);
    }
    if (killed) {
      throw new Death(name);
    }
  }

  /** How late {@link #execute} runs a task at most, from now on. */
  public void setMaxDelay(long millis) {
    maxDelayMillis = millis;
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

  /** Runs {@code task} a little later if the process lives then. */
  @Override
  public void execute(Runnable task) {
    schedule(random.nextLong(maxDelayMillis + 1), task);
  }

  /** Runs {@code task} after {@code delayMillis} if the process lives then. */
  public void schedule(long delayMillis, Runnable task) {
    world.events().schedule(delayMillis, () -> run(task));
  }

  private void run(Runnable task) {
    if (killed) {
      return;
    }
    try {
      step();
      task.run();
    } catch (Death _) {
      world.trace("a task ended with the death of a process");
    }
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
        lastAtMillis = Math.max(lastAtMillis, now + random.nextLong(maxDelayMillis + 1));
        schedule(lastAtMillis - now, task);
      }
    };
  }
}
