package dev.sentinelj.ports.driven;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.ports.driven.PartitionTransaction.QuarantineRow;
import java.util.List;
import java.util.Optional;

/**
 * Reads what was kept aside. Calls block; they throw {@link
 * dev.sentinelj.ports.PortUnavailableException} when the store does not answer. Thread safe.
 */
public interface QuarantineQueries {
  /** Rows that match, newest first. */
  List<Entry> list(Filter filter);

  /**
   * @param agent only rows of this agent
   * @param reason only rows with this reason
   * @param beforeId only rows with a lesser id, for the next page; {@code Long.MAX_VALUE} for the
   *     first
   * @param limit at most so many, at least 1
   */
  record Filter(Optional<AgentId> agent, Optional<String> reason, long beforeId, int limit) {
    public Filter {
      if (limit < 1) {
        throw new IllegalArgumentException("a limit is at least 1, not " + limit);
      }
    }
  }

  /**
   * @param id ascending with the time it was kept
   * @param size bytes kept
   * @param replayedAtMillis 0 unless it was replayed
   * @param replayedBy empty unless it was replayed
   */
  record Entry(
      long id,
      Optional<String> agent,
      Optional<Long> epoch,
      Optional<Long> seq,
      String reason,
      String detail,
      long receivedAtMillis,
      long samples,
      long size,
      long replayedAtMillis,
      String replayedBy) {}

  /** A row with its bytes. */
  Optional<Found> find(long id);

  record Found(Entry entry, QuarantineRow row) {}
}
