package dev.sentinelj.core.progress;

import java.util.List;

/**
 * What an agent is told about its epoch: one snapshot of the database. The latest word counts, not
 * the greatest: after a restore marks move back.
 *
 * @param progress at most {@value #MAX_RANGES} ranges above {@code through}
 * @param parked seqs that wait for their series set, ascending
 * @param lanes how far both lanes of the agent's partition have been read
 */
public record Committed(EpochProgress progress, List<Long> parked, List<LaneRead> lanes) {
  public static final int MAX_RANGES = 32;

  public Committed {
    parked = List.copyOf(parked);
    lanes = List.copyOf(lanes);
  }
}
