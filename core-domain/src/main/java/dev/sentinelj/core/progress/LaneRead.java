package dev.sentinelj.core.progress;

import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.ingest.Receipt;

/**
 * How far the database has read one lane: everything at or before (generation, sequence) was
 * committed, quarantined or parked.
 */
public record LaneRead(int partition, Lane lane, long generation, long sequence) {

  /**
   * Whether this lane was read past what {@code receipt} points at, or its bus is another one now.
   */
  public boolean passed(Receipt receipt) {
    boolean same = receipt.partition() == partition && receipt.lane() == lane;
    return same
        && (generation > receipt.generation()
            || (generation == receipt.generation() && sequence >= receipt.sequence()));
  }
}
