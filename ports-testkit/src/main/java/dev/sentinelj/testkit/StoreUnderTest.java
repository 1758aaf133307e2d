package dev.sentinelj.testkit;

import dev.sentinelj.ports.driven.MetricQueries;
import dev.sentinelj.ports.driven.PartitionStore;
import dev.sentinelj.ports.driven.ProgressFeed;
import dev.sentinelj.ports.driven.QuarantineQueries;

/**
 * One database, seen through all adapters that the contracts about it ask for. It need not be
 * empty.
 */
public interface StoreUnderTest {
  PartitionStore store();

  ProgressFeed feed();

  MetricQueries queries();

  QuarantineQueries quarantine();

  /** How many partitions the installation has. */
  int partitions();

  /** A partition that was not given out before. */
  int freshPartition();

  /**
   * Whether two transactions can be under way at once: {@link #store} then gives strands in turn.
   */
  default boolean transactionsOverlap() {
    return true;
  }
}
