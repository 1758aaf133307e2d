package dev.sentinelj.runners.agent;

import dev.sentinelj.application.agent.CollectAndShip;
import dev.sentinelj.core.batch.EpochId;
import java.util.function.Consumer;

/**
 * Tells whoever reads the log of this process that the agent's log turned out to have a twin, and
 * when everything of the former one is carried over; each once.
 */
final class CopyNotices {
  private final Consumer<String> warning;
  private long forks;
  private int formers;

  CopyNotices(Consumer<String> warning) {
    this.warning = warning;
  }

  /**
   * Compares with what was seen before.
   *
   * @param current where new batches go now
   */
  void look(EpochId current, CollectAndShip.Status status) {
    look(current, status.forks(), status.formers(), status.copies());
  }

  void look(EpochId current, long forksNow, int formersNow, long copies) {
    boolean forked = forksNow > forks;
    if (forked) {
      warning.accept(twin(current));
    }
    if (formersNow == 0 && (forked || formers > 0)) {
      warning.accept(done(current, copies));
    }
    forks = forksNow;
    formers = formersNow;
  }

  private static String twin(EpochId current) {
    return "the log of agent "
        + current.agent()
        + " has a twin: its data directory was copied, or its machine restored from a snapshot, and"
        + " another log signs under the same numbers. This one goes on in the new epoch "
        + EpochId.hex(current.epoch())
        + " and carries over what the database does not have; nothing is lost. Two hosts that"
        + " report as one agent need two ids: see \"A copied agent\" in README.md";
  }

  private static String done(EpochId current, long copies) {
    return "agent "
        + current.agent()
        + " has carried over all that the database did not have of its former log, batches: "
        + copies
        + ". Nothing is to be done here";
  }
}
