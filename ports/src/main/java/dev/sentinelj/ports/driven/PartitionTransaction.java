package dev.sentinelj.ports.driven;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.CopiedBatch;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.batch.MovedRecord;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.block.Columns;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.progress.EpochProgress;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The statements of one worker transaction. All of them may throw {@link
 * dev.sentinelj.ports.PortUnavailableException}; the transaction is then rolled back or its outcome
 * unknown, as {@link PartitionStore#transact} says. Not thread safe, valid inside the script only.
 *
 * <p>Longer than most files because all of it happens in one transaction or not at all.
 */
public interface PartitionTransaction {

  /**
   * Locks the progress rows of these epochs against every other transaction, in one fixed order,
   * and returns them; an epoch never heard of gets a row that says {@link EpochProgress#start}.
   */
  Map<EpochId, EpochProgress> lockEpochs(Collection<EpochId> epochs);

  /**
   * Enters each claim that is not in the ledger yet, and says of each what the ledger had: in the
   * order of {@code claims}, which may name one id twice: the second one meets what the first
   * entered. An origin whose copy is entered meets {@link LedgerAnswer#DUPLICATE} when it comes
   * with the same content hash later, and gets no row.
   */
  List<LedgerAnswer> claim(List<LedgerClaim> claims);

  /**
   * @param sampleTo the running count of samples behind this batch, as its header says
   * @param origin where the content was first, when the batch is a copy
   */
  record LedgerClaim(
      BatchId id,
      Sha256 contentHash,
      long samples,
      long sampleTo,
      Optional<CopiedBatch.Origin> origin) {}

  /** What the ledger knew of an id before the claim. */
  enum LedgerAnswer {
    /** Nothing: it is entered now. */
    NEW,
    /** The same content hash. */
    DUPLICATE,
    /** Another content hash; the ledger keeps what it had. */
    FORK,

    /**
     * Nothing: it is entered now. But its content came in before: another copy of the same origin
     * is entered, or the origin itself with the same content hash, in this transaction too.
     */
    COPIED
  }

  /**
   * Enters where the content of a copy was first, when the ledger has the copy and nobody could
   * read then whose copy it is. Again by the same copy it changes nothing and is true.
   *
   * @param copy locked, as is the epoch of {@code origin}
   * @return false, with nothing entered, when the content came in before: another copy of the same
   *     origin is entered, or the origin itself with the same content hash
   */
  boolean claimOrigin(BatchId copy, CopiedBatch.Origin origin);

  /**
   * The definition under this hash that this agent brought with {@link #addSet}, if any. That its
   * series have ids, or that another agent brought it, says nothing.
   */
  Optional<SeriesSet> knownSet(AgentId agent, Sha256 set);

  /**
   * Keeps a definition for this agent; other agents do not see it. Idempotent.
   *
   * @return false, with nothing kept, when the agent has {@link #MAX_SETS} others
   */
  boolean addSet(AgentId agent, SeriesSet set);

  /** Most definitions kept per agent. */
  int MAX_SETS = 10_000;

  /**
   * The ids of the series of {@code set} for this agent, in its order; series never seen before get
   * new ones. The same series of one agent has the same id in every set and for ever.
   */
  long[] seriesIds(AgentId agent, SeriesSet set);

  /**
   * Adds the present cells of {@code columns} as samples. {@code seriesIds} has one id per column.
   * All values must be finite. A series may have several samples of one time.
   *
   * @throws IllegalArgumentException when a present value is not finite, or there is not one id per
   *     column; nothing of this call is added, and the transaction may go on
   */
  void addSamples(long[] seriesIds, Columns columns);

  /**
   * Adds the row of the journal for a batch that is entered now. Its place (partition, lane,
   * generation, sequence, index) must be free, else the transaction ends as {@link
   * PartitionStore.FailureKind#DATA}, here or at its end.
   */
  void journal(JournalRow row);

  /**
   * @param index of the batch within the message
   * @param lastTickSecond the last tick of this partition before it; 0 when there was none
   */
  record JournalRow(
      Lane lane,
      BusPosition position,
      int index,
      long attempt,
      long sentAtMillis,
      long lastTickSecond,
      SignedBatch batch) {}

  /**
   * Keeps something aside, with its bytes and the reason. A row without samples of a batch that was
   * kept before with the same bytes for the same reason changes nothing.
   */
  void quarantine(QuarantineRow row);

  /**
   * @param id of the batch, as far as its header could be believed
   * @param samples how many samples are kept aside: 0 when the row stands outside the balance
   * @param bytes the stored form of the batch, or a readable form of the samples when only some of
   *     a batch are kept aside
   */
  record QuarantineRow(
      Optional<BatchId> id,
      String reason,
      String detail,
      long receivedAtMillis,
      long samples,
      byte[] bytes) {}

  /**
   * Notes losses of an epoch. A seq that the ledger has is not lost: of an entry's samples, those
   * of the ledger rows within {@code from..to} do not count, and never less than 0 remain. An entry
   * with the same {@code from} and {@code to} as one noted before changes nothing. Where one range
   * lies within another, noted before or after, its samples count once: see {@link
   * dev.sentinelj.core.progress.LostArea}.
   *
   * <p>Losses that a {@link Settlement} noted make room for the word of an agent; the next one
   * notes what is left of them.
   *
   * @return the samples that count as lost after this and did not before; below 0 when ranges that
   *     were counted before turn out to overlap
   */
  long addLosses(EpochId epoch, LossRecord losses);

  /**
   * Takes seqs out of the losses because the ledger has them now: a row always beats a loss. The
   * ledger's count of samples is what each takes out. Seqs that lie in no loss, have no ledger row,
   * or were taken out before change nothing.
   *
   * @return the samples that no longer count as lost
   */
  long removeLosses(EpochId epoch, Collection<Long> seqs);

  /**
   * What the agent counted in an epoch, as far as the ledger says. Its running count passes over a
   * seq that it took for torn; when the seq was committed all the same, its samples are here beside
   * the count.
   */
  Collected collected(EpochId epoch);

  /**
   * @param greatest the running count behind the last ledger row outside torn losses; 0 without one
   * @param torn samples of the ledger rows inside torn losses
   */
  record Collected(long greatest, long torn) {}

  /**
   * Keeps a batch until its series set arrives. The same batch (id, content hash, missing set)
   * again changes nothing and is true.
   *
   * @return false, with nothing kept, when the bodies of this agent's parked batches would come to
   *     more than {@link #MAX_PARKED_BYTES}, or the batches to more than {@link #MAX_PARKED}
   */
  boolean park(ParkedBatch batch);

  /** Most bytes of parked batches per agent. */
  long MAX_PARKED_BYTES = 64L << 20;

  /** Most parked batches per agent: gateways tell an agent each of their seqs. */
  int MAX_PARKED = 10_000;

  /**
   * @param cells rows times series that it decodes to
   */
  record ParkedBatch(Sha256 missingSet, long receivedAtMillis, long cells, JournalRow row) {}

  /**
   * How much of what is parked is taken at once: as many batches, in the order they were parked, as
   * stay within all three; but at least one.
   *
   * @param bytes of bodies
   * @param cells rows times series
   */
  record Portion(int batches, long bytes, long cells) {
    public Portion {
      if (batches < 1) {
        throw new IllegalArgumentException("a portion of " + batches + " batches");
      }
    }
  }

  /**
   * The first batches of this agent that wait for this set, in the order they were parked; they
   * wait no more.
   */
  List<ParkedBatch> unpark(AgentId agent, Sha256 set, Portion most);

  /**
   * The first batches of this partition that wait for a set their agent has brought by now, in the
   * order they were parked; they wait no more.
   */
  List<ParkedBatch> unparkKnown(Portion most);

  /**
   * The first batches of this partition that were parked before {@code receivedBeforeMillis}, in
   * the order they were parked; they wait no more.
   */
  List<ParkedBatch> unparkBefore(long receivedBeforeMillis, Portion most);

  /**
   * Notes the last word of one log on a closed epoch. The same closed and new epoch again changes
   * nothing.
   *
   * @param closed the closed epoch, locked
   * @param into the epoch of the record's batch
   */
  Settlement addMove(EpochId closed, EpochId into, MovedRecord record);

  /**
   * All words on an epoch as they are now, counted anew because rows or losses came late; empty
   * while no log said its last word.
   *
   * @param closed the epoch, locked
   */
  Optional<Settlement> settlement(EpochId closed);

  /**
   * All words on a closed epoch together. Of each word, the ledger rows and losses of the closed
   * epoch count that lie within seqs 1 to its {@code lastSeq} and apart from its moved ranges,
   * which name what that log took for torn as well; a loss counts as far as it does at that time.
   *
   * <p>Seqs among these that have neither a row nor a loss are noted as losses for the reason
   * {@link dev.sentinelj.core.batch.LossReason#VANISHED}, by {@link
   * dev.sentinelj.core.progress.VanishedSeqs}, in place of those noted before. So are seqs that a
   * twin of the log carried over: no record tells whether it had the same content there.
   *
   * @param moved samples that live on elsewhere, added by this call; 0 when there was no new word
   * @param lost samples that count as lost after this and did not before; below 0 when rows came
   * @param vanished all losses of that reason, as they are now
   * @param difference samples that the logs counted and that are neither in the ledger, nor lost,
   *     nor moved; below 0 when more is there than was counted
   */
  record Settlement(long moved, long lost, List<LossRecord.Entry> vanished, long difference) {
    public Settlement {
      vanished = List.copyOf(vanished);
    }
  }

  /**
   * The row kept aside under this id ({@link QuarantineQueries.Entry#id}), locked until the end of
   * the transaction; empty when there is none or it was replayed before.
   */
  Optional<QuarantineRow> lockQuarantined(long id);

  /**
   * Marks a locked row kept aside as replayed, now by the store's clock; it stays where it is and
   * counts no more.
   *
   * @throws IllegalStateException when it was not locked in this transaction
   */
  void markReplayed(long id, String by);

  /**
   * Replaces the progress rows of locked epochs. This, and nothing else, makes the word on an epoch
   * count as changed for {@link ProgressFeed#changedSince}: a script that parks or unparks a batch
   * saves the progress of its epoch as well.
   */
  void saveProgress(Collection<EpochProgress> progress);

  /**
   * Moves the position of a lane by compare-and-set, which makes everything before count as read.
   * Generation and sequence are compared, the stamp is not; the position of record of a lane never
   * read is {@link BusPosition#START}.
   *
   * @return false when the position of record is not {@code from} or the lease is gone: the script
   *     must stop, and the transaction ends as {@link PartitionStore.Outcome.Fenced} whatever it
   *     did
   */
  boolean movePosition(Lane lane, BusPosition from, BusPosition to);
}
