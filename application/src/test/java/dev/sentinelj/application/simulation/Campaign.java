package dev.sentinelj.application.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Runs the scenarios of many seeds, one world per thread, and reports those that fail. */
final class Campaign {
  /** Failures beyond so many are counted, not shrunk. */
  private static final int MOST_SHRUNK = 5;

  private final Sabotage bug;
  private final AtomicInteger failures = new AtomicInteger();
  private final List<String> reports = new ArrayList<>();

  Campaign(Sabotage bug) {
    this.bug = bug;
  }

  /**
   * What seeds {@code first} to {@code last}, both inclusive, came to, on all cores. A run that
   * fails counts what it broke, as 1 where no samples can be counted.
   */
  Tally run(long first, long last) throws InterruptedException {
    int threads = Runtime.getRuntime().availableProcessors();
    AtomicLong next = new AtomicLong(first);
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      List<Future<Tally>> parts = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        parts.add(pool.submit(() -> part(next, last)));
      }
      Tally sum = Tally.NONE;
      for (Future<Tally> part : parts) {
        sum = sum.plus(part.get());
      }
      return sum;
    } catch (ExecutionException e) {
      throw new IllegalStateException("a thread of the campaign", e.getCause());
    }
  }

  int failures() {
    return failures.get();
  }

  /** What failed, each with its scenario made small; oldest first. */
  List<String> reports() {
    synchronized (reports) {
      return List.copyOf(reports);
    }
  }

  private Tally part(AtomicLong next, long last) {
    Tally sum = Tally.NONE;
    for (long seed = next.getAndIncrement(); seed <= last; seed = next.getAndIncrement()) {
      sum = sum.plus(one(Scenario.drawn(seed)));
    }
    return sum;
  }

  private Tally one(Scenario scenario) {
    try {
      return scenario.run(bug);
    } catch (Broken e) {
      int number = failures.incrementAndGet();
      synchronized (reports) {
        reports.add(number <= MOST_SHRUNK ? report(scenario, e) : shortly(scenario, e));
      }
      return Tally.failed(e.promise());
    }
  }

  private String report(Scenario scenario, Broken failure) {
    Scenario small = Shrinking.smallest(scenario, bug, failure.promise());
    return """
    seed %d broke a promise: %s
    its scenario:
      %s
    made small, with static imports of Option.* and Event.What.*:
    %s\
    """
        .formatted(scenario.seed(), failure.getMessage(), scenario, small.toJava());
  }

  private static String shortly(Scenario scenario, Broken failure) {
    return "seed %d broke a promise: %s".formatted(scenario.seed(), failure.what());
  }
}
