package dev.sentinelj.application.worker;

import dev.sentinelj.core.access.Principal;
import dev.sentinelj.core.batch.QuarantineReason;
import dev.sentinelj.core.frame.FrameAddress;
import dev.sentinelj.ports.driven.BatchCodec;
import dev.sentinelj.ports.driven.PartitionStore;
import dev.sentinelj.ports.driven.PartitionStore.Outcome;
import dev.sentinelj.ports.driven.QuarantineQueries;
import dev.sentinelj.ports.driven.QuarantineQueries.Entry;
import dev.sentinelj.ports.driven.QuarantineQueries.Found;
import dev.sentinelj.ports.driving.QuarantineReplay;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Batches that were kept aside, and another try to store them. Thread safe. */
public final class KeptBatches implements QuarantineReplay {
  private final QuarantineQueries queries;
  private final PartitionStore store;
  private final BatchJudge judge;
  private final int partitions;
  private final WorkerLimits limits;

  /**
   * @param store used for repairs only; owners of partitions have others
   */
  public KeptBatches(
      QuarantineQueries queries,
      PartitionStore store,
      BatchCodec codec,
      int partitions,
      WorkerLimits limits) {
    this.queries = queries;
    this.store = store;
    this.judge = new BatchJudge(codec);
    this.partitions = partitions;
    this.limits = limits;
  }

  @Override
  public CompletionStage<Answer> replay(long id, Principal by) {
    Optional<Found> found = queries.find(id);
    Optional<Answer> refused = refusal(found);
    if (refused.isPresent() || found.isEmpty()) {
      return CompletableFuture.completedFuture(refused.orElseGet(Answer.Unknown::new));
    }
    Optional<Integer> partition =
        found.get().row().id().map(batch -> FrameAddress.partitionOf(batch.agent(), partitions));
    if (partition.isEmpty()) {
      return CompletableFuture.completedFuture(
          new Answer.Never("it is not known which batch this is"));
    }
    ReplayScript script = new ReplayScript(id, by.name(), judge, limits);
    return store.repair(partition.get(), script).thenApply(outcome -> answer(id, script, outcome));
  }

  private Answer answer(long id, ReplayScript script, Outcome outcome) {
    return switch (outcome) {
      case Outcome.Committed _ -> script.answer();
      case Outcome.RolledBack(PartitionStore.FailureKind kind, String message) ->
          script.gone()
              ? refusal(queries.find(id)).orElse(new Answer.RolledBack(message))
              : script.refusal().orElseGet(() -> failed(kind, message));
      case Outcome.Fenced(String message) -> new Answer.RolledBack(message);
    };
  }

  private static Answer failed(PartitionStore.FailureKind kind, String message) {
    return kind == PartitionStore.FailureKind.DATA
        ? new Answer.NotYet("the store does not take it as it is: " + message)
        : new Answer.RolledBack(message);
  }

  /** Why the row is not even tried. */
  private static Optional<Answer> refusal(Optional<Found> found) {
    if (found.isEmpty()) {
      return Optional.of(new Answer.Unknown());
    }
    Entry entry = found.get().entry();
    if (entry.replayedAtMillis() != 0) {
      return Optional.of(new Answer.Before(entry.replayedAtMillis(), entry.replayedBy()));
    }
    Optional<QuarantineReason> reason = QuarantineReason.ofWord(entry.reason());
    return reason.filter(QuarantineReason::replayable).isPresent()
        ? Optional.empty()
        : Optional.of(new Answer.Never(whyNever(entry.reason())));
  }

  private static String whyNever(String reason) {
    return QuarantineReason.ofWord(reason)
        .flatMap(KeptBatches::whyNever)
        .orElse("rows of the reason " + reason + " are not whole batches that the ledger has");
  }

  /** Empty for what may be replayed. */
  private static Optional<String> whyNever(QuarantineReason reason) {
    return switch (reason) {
      case MALFORMED, POISON, NO_SET, SET_LIMIT -> Optional.empty();
      case NAN ->
          Optional.of(
              "these samples are no numbers, so there is nothing to store; the rest of their batch"
                  + " is stored");
      case TIME ->
          Optional.of(
              "these samples carry times that the store has no place for; the rest of their batch"
                  + " is stored. Set the clock of the agent right");
      case BAD_MAC ->
          Optional.of(
              "it is not known who signed this; its agent still holds the good copy and sends it"
                  + " again by itself");
      case BAD_FRAME ->
          Optional.of(
              "this is no message of this installation; agents send again by themselves what is"
                  + " missing");
      case UNKNOWN_AGENT, UNKNOWN_KEY ->
          Optional.of(
              "it was signed with a key that is not known here; enrol its agent again under its own"
                  + " id, then it sends what is missing by itself");
      case REVOKED ->
          Optional.of(
              "it came after its key was revoked; enrol its agent again under its own id, then it"
                  + " signs and sends what is missing by itself");
      case FORK ->
          Optional.of(
              "the ledger has another content under its id; an agent with a log carries this one over"
                  + " into a new epoch by itself, where it is stored, a client without one pushes it"
                  + " again");
    };
  }
}
