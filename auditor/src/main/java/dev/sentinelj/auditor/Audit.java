package dev.sentinelj.auditor;

import java.util.List;
import java.util.Optional;

/**
 * What an audit found, all of it in one snapshot of the database.
 *
 * @param atMillis when, by the clock of the database
 * @param epochs by agent, the one that was heard of last first
 * @param recounts by agent; empty when nobody asked to count
 */
public record Audit(long atMillis, List<EpochAudit> epochs, List<Recount> recounts) {
  public Audit {
    epochs = List.copyOf(epochs);
    recounts = List.copyOf(recounts);
  }

  /** Whether nothing is unaccounted for; what is in flight may be. */
  public boolean accounted() {
    return epochs.stream().noneMatch(epoch -> epoch.verdict() == Verdict.UNACCOUNTED)
        && recounts.stream().noneMatch(one -> one.finding().filter(Finding::fault).isPresent());
  }

  /**
   * The rows of an agent, counted one by one.
   *
   * @param stored what counts as stored in all epochs of the agent
   * @param counted rows there are
   * @param finding empty when they are as many
   */
  public record Recount(String agent, long stored, long counted, Optional<Finding> finding) {}
}
