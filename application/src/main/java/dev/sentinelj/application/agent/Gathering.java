package dev.sentinelj.application.agent;

import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.signing.Envelope;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.driven.BatchCodec;
import dev.sentinelj.ports.driven.MetricSource;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Gathers rows into batches, each of which is closed when it is full or old enough. */
final class Gathering {
  private final BatcherOptions options;
  private final ServerTerms terms;
  private final Consumer<OpenBatch.Closed> closed;
  private @Nullable OpenBatch open;
  private boolean first = true;

  /**
   * @param closed takes each batch that is closed
   */
  Gathering(BatcherOptions options, ServerTerms terms, Consumer<OpenBatch.Closed> closed) {
    this.options = options;
    this.terms = terms;
    this.closed = closed;
  }

  /** Takes a reading, row by row; rows without a value are nothing. */
  void add(MetricSource.Reading reading, Now now) {
    for (int row = 0; row < reading.columns().rows(); row++) {
      OpenBatch.Row one = new OpenBatch.Row(reading.columns(), row);
      if (one.samples() > 0) {
        addRow(reading.set(), one, now);
      }
    }
  }

  /** Closes what is old enough. */
  void poll(Now now) {
    if (open != null && now.millisSince(open.openedAt()) >= maxAgeMillis()) {
      close(now);
    }
  }

  void close(Now now) {
    if (open != null) {
      OpenBatch.Closed batch = open.close(now, terms.offsetMillis());
      open = null;
      first = false;
      closed.accept(batch);
    }
  }

  /** Estimated bytes that are not closed yet. */
  long bytes() {
    return open == null ? 0 : open.bytes();
  }

  private void addRow(SeriesSet set, OpenBatch.Row row, Now now) {
    if (open != null && !takes(open, set, row)) {
      close(now);
    }
    if (open == null) {
      open = new OpenBatch(now);
    }
    open.add(set, row);
  }

  private boolean takes(OpenBatch batch, SeriesSet set, OpenBatch.Row row) {
    return batch.takes(
        set, row, options.maxSamples(), maxBytes(), Envelope.MAX_ATTACHED, BatchCodec.MAX_CELLS);
  }

  /** Half of what the server takes, because definitions travel beside the body. */
  private long maxBytes() {
    return Math.min(options.maxBytes(), terms.limits().maxBatchBytes() / 2);
  }

  private long maxAgeMillis() {
    return (first ? options.firstMaxAge() : options.maxAge()).toMillis();
  }
}
