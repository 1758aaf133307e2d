package dev.sentinelj.application.gateway;

import dev.sentinelj.core.ingest.IngestVerdict;
import dev.sentinelj.core.ingest.RetryReason;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.BatchBus;
import java.util.Optional;

/** What the bus said of its space a moment ago. Thread safe; no lock is held while it is asked. */
final class BusSpace {

  /** Above this share of the bus's space nothing more is taken. */
  static final double FULL_RATIO = 0.8;

  static final IngestVerdict FULL = new IngestVerdict.Retry(RetryReason.BUS_FULL, 5_000);
  static final IngestVerdict UNREACHABLE =
      new IngestVerdict.Retry(RetryReason.BUS_UNAVAILABLE, 2_000);

  /** How old the reading may be. */
  private static final long READ_EVERY_NANOS = 250_000_000L;

  private final BatchBus bus;
  private Optional<IngestVerdict> refusal = Optional.empty();
  private boolean readBefore;
  private long readAtNanos;

  BusSpace(BatchBus bus) {
    this.bus = bus;
  }

  /** Why nothing is taken now; empty when the bus has room, by the last reading. */
  synchronized Optional<IngestVerdict> refusal() {
    return refusal;
  }

  /** Asks the bus, unless somebody else just did. */
  void read(Now now) {
    synchronized (this) {
      if (readBefore && now.monotonicNanos() - readAtNanos < READ_EVERY_NANOS) {
        return;
      }
      readAtNanos = now.monotonicNanos();
    }
    Optional<IngestVerdict> read = ask();
    synchronized (this) {
      readBefore = true;
      refusal = read;
    }
  }

  private Optional<IngestVerdict> ask() {
    try {
      return bus.fill().ratio() >= FULL_RATIO ? Optional.of(FULL) : Optional.empty();
    } catch (PortUnavailableException e) {
      return Optional.of(UNREACHABLE);
    }
  }
}
