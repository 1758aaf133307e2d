package dev.sentinelj.testkit.sim;

import dev.sentinelj.core.time.Now;
import dev.sentinelj.testkit.ManualClock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * One simulation: a seed, true time, the events to come, and a trace of what happened lately. The
 * same seed gives the same run, as long as nothing in it looks at a clock, a thread or a hash order
 * of its own. Used by one thread.
 */
public final class SimulatedWorld {
  private static final int TRACE = 200;

  private final long seed;
  private final SplittableRandom random;
  private final ManualClock clock = new ManualClock();
  private final EventQueue events = new EventQueue(clock);
  private final Deque<Happened> trace = new ArrayDeque<>();

  public SimulatedWorld(long seed) {
    this.seed = seed;
    this.random = new SplittableRandom(seed);
  }

  private record Happened(long atMillis, String what) {
    @Override
    public String toString() {
      return String.format("%,10d ms  %s", atMillis, what);
    }
  }

  /**
   * Runs {@code scenario} in a world of its own for each seed from {@code firstSeed} on.
   *
   * @throws AssertionError when one fails: names the seed, the time and what happened before
   */
  public static void forSeeds(long firstSeed, int count, Consumer<SimulatedWorld> scenario) {
    for (long seed = firstSeed; seed < firstSeed + count; seed++) {
      SimulatedWorld world = new SimulatedWorld(seed);
      try {
        scenario.accept(world);
      } catch (RuntimeException | AssertionError e) {
        throw world.failure(e);
      }
    }
  }

  public long seed() {
    return seed;
  }

  /**
   * A generator of its own for one part of the world, so that one part drawing more often changes
   * nothing for the others. Follows from the seed and the number of calls before.
   */
  public RandomGenerator newRandom() {
    return random.split();
  }

  /** True time, which nobody in the world need know. */
  public ManualClock clock() {
    return clock;
  }

  public Now now() {
    return clock.now();
  }

  public EventQueue events() {
    return events;
  }

  /** A new process; one that starts again after a crash is another. */
  public SimulatedProcess process(String name) {
    return new SimulatedProcess(this, name, newRandom());
  }

  /** Lets {@code millis} of virtual time pass. */
  public void run(long millis) {
    events.runUntil(events.elapsedMillis() + millis);
  }

  /** Notes what happened, for whoever reads a failure. */
  public void trace(String event) {
    if (trace.size() == TRACE) {
      trace.removeFirst();
    }
    trace.addLast(new Happened(events.elapsedMillis(), event));
  }

  /** What was noted lately, oldest first, each with its time. */
  public List<String> lately() {
    return trace.stream().map(Happened::toString).toList();
  }

  private AssertionError failure(Throwable cause) {
    String happened = String.join("\n  ", lately());
    return new AssertionError(
        "seed %d failed after %,d ms: %s%n  %s%nseed %d"
            .formatted(seed, events.elapsedMillis(), cause, happened, seed),
        cause);
  }
}
