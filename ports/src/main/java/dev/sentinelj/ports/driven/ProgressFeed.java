package dev.sentinelj.ports.driven;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.progress.Committed;
import dev.sentinelj.core.session.ReconcileAnswer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * What the database has of the agents' epochs, for gateways to pass on. Every answer is one
 * snapshot. Stages fail with {@link dev.sentinelj.ports.PortUnavailableException}. Thread safe.
 */
public interface ProgressFeed {

  /**
   * The epochs whose word changed since {@code cursor} (empty: all of the last hour), and the
   * cursor for the next call. An epoch may be told again without a change, never left out, whatever
   * the order in which transactions began and ended. The word of an epoch changes with {@link
   * PartitionTransaction#saveProgress}; lanes that moved on are no change, the next word carries
   * them. A cursor that this store did not give out counts as empty.
   */
  CompletionStage<Page> changedSince(Optional<String> cursor);

  record Page(List<EpochWord> words, String cursor) {
    public Page {
      words = List.copyOf(words);
    }
  }

  /**
   * What to tell the agent of one epoch. Its lanes are both lanes of {@link
   * dev.sentinelj.core.frame.FrameAddress#partitionOf the agent's partition}, at (0, 0) when never
   * read.
   *
   * @param setsNeeded the sets that parked batches of this epoch wait for, each once
   */
  record EpochWord(Committed committed, List<Sha256> setsNeeded) {
    public EpochWord {
      setsNeeded = List.copyOf(setsNeeded);
    }
  }

  /** The word on one epoch; for one never heard of, that it has nothing. */
  CompletionStage<EpochWord> of(EpochId epoch);

  /**
   * The (seq, content hash) pairs that the ledger has with {@code from <= seq <= to}, ascending.
   */
  CompletionStage<List<ReconcileAnswer.Row>> ledger(EpochId epoch, long from, long to);

  /**
   * Marks an epoch closed, under the same lock that every {@link PartitionTransaction#lockEpochs}
   * takes: a transaction that locked it before is waited for, for seconds at most, then the stage
   * fails; one that locks it after finds it closed. The word on the epoch changes. Idempotent; an
   * epoch never heard of is entered as closed.
   */
  CompletionStage<Void> close(EpochId epoch);

  /** All agents that were deleted, by id: they may be told nothing more. */
  CompletionStage<List<AgentId>> deleted();
}
