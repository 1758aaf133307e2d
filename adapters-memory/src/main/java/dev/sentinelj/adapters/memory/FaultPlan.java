package dev.sentinelj.adapters.memory;

import java.util.List;
import java.util.random.RandomGenerator;

/** Decides which calls on the database fail. Asked once per call, under the database's lock. */
@FunctionalInterface
public interface FaultPlan {
  /** The faults after which nothing has happened. */
  List<Fault> NOTHING_HAPPENS = List.of(Fault.BEFORE, Fault.DURING, Fault.ROLLBACK);

  /**
   * @param call the port's method, such as {@code transact} or {@code changedSince}
   */
  Fault next(String call);

  /** What happens to one call. */
  enum Fault {
    NONE,
    /** Nothing happens; the caller hears that the port is unavailable. */
    BEFORE,
    /**
     * A transaction's script runs and nothing of it is kept; the caller hears that the port is
     * unavailable and cannot know. As {@link #BEFORE} for other calls.
     */
    DURING,
    /**
     * A transaction's script runs and nothing of it is kept; the caller hears of a certain rollback
     * for a transient cause. As {@link #BEFORE} for other calls.
     */
    ROLLBACK,
    /** Everything happens, and the answer is lost: the caller hears the same. */
    AFTER
  }

  static FaultPlan none() {
    return call -> Fault.NONE;
  }

  /** The next {@code count} calls get {@code fault}, whatever they are. */
  static FaultPlan next(int count, Fault fault) {
    return new FaultPlan() {
      private int left = count;

      @Override
      public Fault next(String call) {
        return left-- > 0 ? fault : Fault.NONE;
      }
    };
  }

  /**
   * Each call fails with these probabilities, drawn from {@code random}.
   *
   * @param before share of calls of which nothing happens, 0 to 1; in equal parts {@link
   *     Fault#BEFORE}, {@link Fault#DURING} and {@link Fault#ROLLBACK}
   * @param after share of calls of which the answer is lost, 0 to 1
   */
  static FaultPlan seeded(RandomGenerator random, double before, double after) {
    return call -> {
      double drawn = random.nextDouble();
      if (drawn < before) {
        return NOTHING_HAPPENS.get(random.nextInt(NOTHING_HAPPENS.size()));
      }
      return drawn < before + after ? Fault.AFTER : Fault.NONE;
    };
  }
}
