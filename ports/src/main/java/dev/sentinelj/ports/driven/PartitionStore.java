package dev.sentinelj.ports.driven;

import dev.sentinelj.core.batch.Lane;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Where workers put what they read from the bus, partition by partition. A partition has one owner
 * at a time; whoever lost it cannot write any more.
 *
 * <p>Every stage fails with {@link dev.sentinelj.ports.PortUnavailableException} when the store did
 * not answer; after that the outcome of a transaction is unknown.
 */
public interface PartitionStore {

  /**
   * Takes the partition, or renews the lease on it, until {@link #LEASE_MILLIS} from now by the
   * store's clock. A lease of another owner that has not run out is {@link LeaseAnswer.Held}.
   * Taking an expired or released one makes sure first that nothing of the former owner can commit
   * any more, and changes the token. One that ran out and that nobody took is still good, and is
   * renewed with its token, unless the store lost its connection meanwhile: then it is a new one,
   * because what the owner remembers may not be what is there now. An owner that asks without its
   * present lease gets a new token, and its old lease is gone.
   *
   * @param owner names one life of one process, so that no two ever share it
   */
  CompletionStage<LeaseAnswer> lease(int partition, String owner, Optional<Lease> held);

  long LEASE_MILLIS = 6_000;

  sealed interface LeaseAnswer {
    record Granted(Lease lease) implements LeaseAnswer {}

    record Held(String owner) implements LeaseAnswer {}
  }

  /** Proof of ownership: a random token that every transaction shows. */
  record Lease(int partition, String owner, long token) {}

  /**
   * Gives the partition back, so that the next owner need not wait; the lease is gone. No effect
   * when it was gone already.
   */
  CompletionStage<Void> release(Lease lease);

  /**
   * The committed position of both lanes, read in one snapshot; {@link BusPosition#START} for one
   * never read.
   */
  CompletionStage<Map<Lane, BusPosition>> positions(Lease lease);

  /**
   * As {@link #positions}, for an owner that begins to work: counts the beginning, so that a batch
   * that kills every process that reads it is found. Fails when the lease is gone.
   */
  CompletionStage<Map<Lane, LaneState>> begin(Lease lease);

  /**
   * Where a lane stands.
   *
   * @param begun how often work on it was begun since its position last moved, this time included
   * @param last the try that was noted last since then
   */
  record LaneState(BusPosition position, int begun, Optional<BatchTry> last) {}

  /**
   * One batch that is tried on its own. The message is named because the bus may hold another one
   * behind the same position later, whose batches have nothing to do with it.
   *
   * @param message where the message is that has the batch
   * @param index of the batch in its message, from 0
   * @param tries how often it was tried on its own
   */
  record BatchTry(BusPosition message, int index, int tries) {
    /** The same batch, about to be tried once more. */
    public BatchTry again() {
      return new BatchTry(message, index, tries + 1);
    }

    /** The same batch, when its last try said nothing about it. */
    public BatchTry forgiven() {
      return new BatchTry(message, index, Math.max(0, tries - 1));
    }
  }

  /**
   * Notes that a batch is about to be tried on its own; {@link #begin} tells it until the position
   * of the lane moves. Fails when the lease is gone.
   */
  CompletionStage<Void> noteTry(Lease lease, Lane lane, BatchTry next);

  /**
   * Runs {@code script} as {@link #transact} does, for somebody who owns no partition: it may do
   * everything but move a position, which ends it as {@link Outcome.Fenced}. The locks on epochs
   * keep it apart from the owner of the partition.
   */
  CompletionStage<Outcome> repair(int partition, Script script);

  /**
   * Runs {@code script} in one transaction and commits it. Completes with what happened:
   *
   * <ul>
   *   <li>{@link Outcome.Committed}: everything the script did is durable;
   *   <li>{@link Outcome.RolledBack}: nothing of it happened, for certain (the script threw, or a
   *       statement failed); the cause says whether trying again helps;
   *   <li>{@link Outcome.Fenced}: nothing of it happened, and this owner's lease is gone or the
   *       position was not the expected one: its memory of the partition is worthless.
   * </ul>
   *
   * The stage fails when the outcome is unknown. The script runs at most once per call, on a thread
   * of the store's choosing, and sees its own writes; nobody else sees them before the end. A
   * script that throws is rolled back: as {@link FailureKind#DATA} when it threw {@link
   * dev.sentinelj.core.wire.MalformedException} or {@link IllegalArgumentException}, as {@link
   * FailureKind#TRANSIENT} when it threw {@link dev.sentinelj.ports.PortUnavailableException}, else
   * as {@link FailureKind#SCRIPT}.
   */
  CompletionStage<Outcome> transact(Lease lease, Script script);

  /** What is done inside a transaction. */
  @FunctionalInterface
  interface Script {
    void run(PartitionTransaction tx);
  }

  sealed interface Outcome {
    record Committed() implements Outcome {}

    record RolledBack(FailureKind kind, String message) implements Outcome {}

    record Fenced(String message) implements Outcome {}
  }

  /** What a certain rollback says about its cause. */
  enum FailureKind {
    /**
     * The data cannot be stored as it is (SQLSTATE classes 22 and 23, or the script could not read
     * it).
     */
    DATA,
    /**
     * The script failed in a way nobody foresaw: an error in it, which this data may meet again.
     */
    SCRIPT,
    /** Something else; the same script may succeed later. */
    TRANSIENT
  }
}
