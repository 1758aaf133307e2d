package dev.sentinelj.adapters.sysinfo;

import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.ports.driven.MetricSource;
import org.jspecify.annotations.Nullable;

/** One subject of this host. The set stays the same object while the devices stay the same. */
abstract class HostSource implements MetricSource {
  private final String name;
  private @Nullable SeriesSet set;

  HostSource(String name) {
    this.name = name;
  }

  @Override
  public final String name() {
    return name;
  }

  @Override
  public final Reading read(long nowMillis) {
    Row row = new Row();
    failIfInterrupted();
    fill(row);
    failIfInterrupted();
    if (row.isEmpty()) {
      throw new UnreadableException("this host shows nothing to read as " + name);
    }
    Reading reading = row.reading(set, nowMillis);
    set = reading.set();
    return reading;
  }

  /** Adds the current values. */
  abstract void fill(Row row);

  /** A file that an interrupt cuts off reads as empty, and OSHI takes that for zeros. */
  private void failIfInterrupted() {
    if (Thread.currentThread().isInterrupted()) {
      throw new UnreadableException("reading " + name + " was interrupted");
    }
  }

  /** Nothing could be read this time. */
  static final class UnreadableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnreadableException(String message) {
      super(message);
    }
  }
}
