package dev.sentinelj.application.agent;

import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.driven.MetricSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Says which sources are to be read and which have taken too long. Each source stands alone: one
 * that is slow or fails delays no other, and what it missed is skipped, never caught up.
 *
 * <p>Goes by the monotonic clock only. Not thread safe: one mailbox owns it.
 */
public final class CollectorSchedule {
  private static final long NANOS_PER_MILLI = 1_000_000;

  /**
   * A reading starts at most this part of the interval after its time, so that hosts spread out.
   */
  private static final int JITTER_DIVISOR = 10;

  private final Timing timing;
  private final RandomGenerator random;
  private final Map<MetricSource, Entry> entries = new LinkedHashMap<>();

  /**
   * @param interval between two readings of a source, 100 ms or more
   * @param deadline how long a reading may take before it is interrupted
   */
  public record Timing(Duration interval, Duration deadline) {
    public static final Timing DEFAULT = new Timing(Duration.ofSeconds(10), Duration.ofSeconds(5));

    public Timing {
      if (interval.toMillis() < 100) {
        throw new IllegalArgumentException("the interval is less than 100 ms: " + interval);
      }
      if (deadline.isNegative() || deadline.isZero()) {
        throw new IllegalArgumentException("the deadline must be longer than nothing: " + deadline);
      }
    }
  }

  /**
   * What became of the readings of one source.
   *
   * @param reads started
   * @param failures ended with an exception, time-outs included when they did
   * @param timeouts interrupted at the deadline
   * @param skipped intervals in which nothing was started
   */
  public record Counts(String source, long reads, long failures, long timeouts, long skipped) {}

  /** The first reading of each source is due at {@code start}, within the jitter. */
  public CollectorSchedule(
      List<MetricSource> sources, Timing timing, RandomGenerator random, Now start) {
    this.timing = timing;
    this.random = random;
    for (MetricSource source : sources) {
      Entry entry = new Entry(start.monotonicNanos());
      entry.dueNanos = entry.slotNanos + jitter();
      entries.put(source, entry);
    }
  }

  /** The sources to read now; each counts as running until it is reported. */
  public List<MetricSource> poll(Now now) {
    List<MetricSource> due = new ArrayList<>();
    entries.forEach((source, entry) -> {
      if (now.monotonicNanos() - entry.dueNanos >= 0) {
        if (!entry.running) {
          entry.start(now);
          due.add(source);
        }
        advance(entry, now);
      }
    });
    return due;
  }

  /** Running sources that passed their deadline since the last call: interrupt them, once each. */
  public List<MetricSource> overdue(Now now) {
    List<MetricSource> late = new ArrayList<>();
    entries.forEach((source, entry) -> {
      if (entry.running
          && !entry.interrupted
          && now.monotonicNanos() - entry.startedNanos >= timing.deadline().toNanos()) {
        entry.interrupted = true;
        entry.timeouts++;
        late.add(source);
      }
    });
    return late;
  }

  /** The reading of {@code source} ended with a value. */
  public void finished(MetricSource source) {
    entry(source).running = false;
  }

  /** The reading of {@code source} ended without one. */
  public void failed(MetricSource source) {
    Entry entry = entry(source);
    entry.running = false;
    entry.failures++;
  }

  /** In the order the sources were given. */
  public List<Counts> counts() {
    List<Counts> counts = new ArrayList<>();
    entries.forEach((source, e) ->
        counts.add(new Counts(source.name(), e.reads, e.failures, e.timeouts, e.skipped)));
    return counts;
  }

  private void advance(Entry entry, Now now) {
    long interval = timing.interval().toNanos();
    long passed = (now.monotonicNanos() - entry.slotNanos) / interval;
    long slots = passed + 1;
    entry.slotNanos += slots * interval;
    entry.skipped += slots - 1;
    entry.dueNanos = entry.slotNanos + jitter();
    if (entry.running && entry.startedNanos != now.monotonicNanos()) {
      entry.skipped++;
    }
  }

  private long jitter() {
    return random.nextLong(timing.interval().toMillis() / JITTER_DIVISOR + 1) * NANOS_PER_MILLI;
  }

  private Entry entry(MetricSource source) {
    Entry entry = entries.get(source);
    if (entry == null) {
      throw new IllegalArgumentException("not a source of this schedule: " + source.name());
    }
    return entry;
  }

  private static final class Entry {
    /** Start of the interval whose reading is due next; a grid, so that jitter does not add up. */
    private long slotNanos;

    private long dueNanos;
    private long startedNanos;
    private boolean running;
    private boolean interrupted;
    private long reads;
    private long failures;
    private long timeouts;
    private long skipped;

    Entry(long slotNanos) {
      this.slotNanos = slotNanos;
    }

    void start(Now now) {
      startedNanos = now.monotonicNanos();
      running = true;
      interrupted = false;
      reads++;
    }
  }
}
