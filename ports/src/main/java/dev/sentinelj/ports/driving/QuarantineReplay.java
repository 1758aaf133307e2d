package dev.sentinelj.ports.driving;

import dev.sentinelj.core.access.Principal;
import dev.sentinelj.core.batch.BatchId;
import java.util.concurrent.CompletionStage;

/** Tries again to store a batch that was kept aside although the ledger has it. */
public interface QuarantineReplay {
  /**
   * Stores the batch of this row, moves its counts from quarantined to what became of them and
   * marks the row: all in one transaction, or nothing. Its samples are history: no window and no
   * alert sees them. May block for a look-up.
   *
   * <p>The stage fails with {@link dev.sentinelj.ports.PortUnavailableException} when it is not
   * known whether that happened; the row tells it later.
   */
  CompletionStage<Answer> replay(long id, Principal by);

  /** What became of it. */
  sealed interface Answer {
    /**
     * It is stored now.
     *
     * @param stored samples that are stored
     * @param aside samples that were kept aside anew, under a reason of their own
     * @param overflow samples above the agent's series budget, counted and not kept
     */
    record Replayed(BatchId batch, long stored, long aside, long overflow) implements Answer {}

    /** No row has this id. */
    record Unknown() implements Answer {}

    /** It was stored before; nothing changed. */
    record Before(long atMillis, String by) implements Answer {}

    /** A row of this reason can never be replayed; the sentence says why and what to do. */
    record Never(String why) implements Answer {}

    /** The batch cannot be stored today either; the row stays. */
    record NotYet(String why) implements Answer {}

    /** The ledger does not have this batch with this content; the row stays. */
    record Conflict(String why) implements Answer {}

    /** The store was certain that nothing happened; the same may succeed later. */
    record RolledBack(String why) implements Answer {}
  }
}
