package dev.sentinelj.testkit.sim;

import dev.sentinelj.testkit.ManualClock;
import java.util.PriorityQueue;

/**
 * Tasks and the virtual time at which they run. The clock jumps from one to the next; tasks of the
 * same millisecond run in the order they were scheduled. Used by one thread.
 */
public final class EventQueue {
  private final ManualClock clock;
  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private long scheduled;
  private long elapsedMillis;

  public EventQueue(ManualClock clock) {
    this.clock = clock;
  }

  private record Event(long atMillis, long number, Runnable task) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(atMillis, other.atMillis);
      return byTime != 0 ? byTime : Long.compare(number, other.number);
    }
  }

  /**
   * Runs {@code task} {@code delayMillis} from now.
   *
   * @throws IllegalArgumentException when {@code delayMillis} is negative
   */
  public void schedule(long delayMillis, Runnable task) {
    if (delayMillis < 0) {
      throw new IllegalArgumentException("nothing runs in the past: " + delayMillis);
    }
    events.add(new Event(elapsedMillis + delayMillis, scheduled++, task));
  }

  /** Virtual milliseconds since the queue was made. */
  public long elapsedMillis() {
    return elapsedMillis;
  }

  /** How many tasks wait. */
  public int size() {
    return events.size();
  }

  /**
   * Runs every task due until {@code millis} of virtual time have passed since the queue was made,
   * tasks that come up meanwhile included. It is {@code millis} then. What a task throws comes out
   * here.
   */
  public void runUntil(long millis) {
    Event next = events.peek();
    while (next != null && next.atMillis() <= millis) {
      events.remove();
      moveTo(next.atMillis());
      next.task().run();
      next = events.peek();
    }
    moveTo(Math.max(millis, elapsedMillis));
  }

  private void moveTo(long millis) {
    clock.advance(millis - elapsedMillis);
    elapsedMillis = millis;
  }
}
