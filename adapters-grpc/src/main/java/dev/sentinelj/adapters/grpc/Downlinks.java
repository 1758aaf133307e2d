package dev.sentinelj.adapters.grpc;

import com.google.protobuf.ByteString;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.ingest.Receipt;
import dev.sentinelj.core.ingest.Refusal;
import dev.sentinelj.core.ingest.RetryReason;
import dev.sentinelj.core.progress.Balance;
import dev.sentinelj.core.progress.Committed;
import dev.sentinelj.core.progress.EpochProgress;
import dev.sentinelj.core.progress.LaneRead;
import dev.sentinelj.core.progress.SeqRanges;
import dev.sentinelj.core.session.Downlink;
import dev.sentinelj.core.session.ReconcileAnswer;
import dev.sentinelj.core.wire.MalformedException;
import dev.sentinelj.proto.AcceptedRange;
import dev.sentinelj.proto.BackOff;
import dev.sentinelj.proto.Reconciled;
import dev.sentinelj.proto.Refused;
import dev.sentinelj.proto.Retry;
import dev.sentinelj.proto.SeqRange;
import dev.sentinelj.proto.ServerSignal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a gateway said, from its wire form. */
final class Downlinks {
  private Downlinks() {}

  /**
   * The events a signal stands for; none when this build does not know it.
   *
   * @throws MalformedException when it contradicts itself
   */
  static List<Downlink> of(EpochId epoch, ServerSignal signal) {
    try {
      return switch (signal.getSignalCase()) {
        case ACCEPTED -> accepted(signal.getAccepted());
        case COMMITTED -> List.of(new Downlink.Progress(committed(epoch, signal.getCommitted())));
        case RETRY -> List.of(retry(signal.getRetry()));
        case REFUSED -> List.of(refused(signal.getRefused()));
        case SKEWED -> List.of(new Downlink.Skewed(signal.getSkewed().getServerTimeMs()));
        case SETS_NEEDED ->
            List.of(
                new Downlink.SetsNeeded(
                    signal.getSetsNeeded().getSetsList().stream().map(Downlinks::hash).toList()));
        case RECONCILED -> List.of(new Downlink.Reconciled(reconciled(signal.getReconciled())));
        case EPOCH_CLOSED -> List.of(new Downlink.EpochClosed(signal.getEpochClosed().getEpoch()));
        case CONFIG_UPDATE, KEY_ROTATION, COMMAND, DELETED, FORK, SIGNAL_NOT_SET -> List.of();
      };
    } catch (IllegalArgumentException e) {
      throw new MalformedException(String.valueOf(e.getMessage()), e);
    }
  }

  /** What to make of an answer nobody signed: whatever it says, the agent waits. */
  static Downlink.RetryLater unproved(BackOff backOff) {
    return new Downlink.RetryLater(
        backOff.getEpoch(),
        backOff.getSeq(),
        backOff.getAttempt(),
        retryReason(backOff.getReason()).orElse(RetryReason.NOT_BELIEVED),
        backOff.getDelayMs());
  }

  /** Whether an answer is about the session, not about one batch. */
  static boolean aboutSession(BackOff backOff) {
    return backOff.getSeq() == 0; // batches are numbered from 1
  }

  static Optional<Refusal> refusal(String word) {
    for (Refusal refusal : Refusal.values()) {
      if (refusal.word().equals(word)) {
        return Optional.of(refusal);
      }
    }
    return Optional.empty();
  }

  private static Optional<RetryReason> retryReason(String word) {
    for (RetryReason reason : RetryReason.values()) {
      if (reason.word().equals(word)) {
        return Optional.of(reason);
      }
    }
    return Optional.empty();
  }

  private static List<Downlink> accepted(dev.sentinelj.proto.Accepted accepted) {
    List<Downlink> events = new ArrayList<>();
    for (AcceptedRange range : accepted.getRangesList()) {
      long from = range.getSeqs().getFrom();
      List<Long> attempts = range.getAttemptsList();
      if (from < 1 || range.getSeqs().getTo() - from + 1 != attempts.size()) {
        throw new MalformedException("an accepted range has another number of attempts than seqs");
      }
      Receipt receipt = receipt(range.getReceipt());
      for (int i = 0; i < attempts.size(); i++) {
        events.add(new Downlink.Accepted(accepted.getEpoch(), from + i, attempts.get(i), receipt));
      }
    }
    return events;
  }

  private static Committed committed(EpochId epoch, dev.sentinelj.proto.Committed wire) {
    EpochProgress progress =
        new EpochProgress(
            new EpochId(epoch.agent(), wire.getEpoch()),
            wire.getThrough(),
            wire.getRangesList().stream().map(Downlinks::range).toList(),
            Balance.ZERO,
            wire.getClosed(),
            wire.getForked());
    List<LaneRead> lanes = wire.getLanesList().stream().map(Downlinks::read).toList();
    return new Committed(progress, wire.getParkedList(), lanes);
  }

  private static Downlink retry(Retry retry) {
    return new Downlink.RetryLater(
        retry.getEpoch(),
        retry.getSeq(),
        retry.getAttempt(),
        retryReason(retry.getReason()).orElse(RetryReason.BUSY),
        retry.getDelayMs());
  }

  /** A reason of a newer gateway counts as the one known reason that asks the same of the agent. */
  private static Downlink refused(Refused refused) {
    Refusal stranger = refused.getPermanent() ? Refusal.UNSUPPORTED_VERSION : Refusal.MALFORMED;
    return new Downlink.Refused(
        refused.getEpoch(),
        refused.getSeq(),
        refused.getAttempt(),
        refusal(refused.getReason())
            .filter(known -> known.permanent() == refused.getPermanent())
            .orElse(stranger));
  }

  private static ReconcileAnswer reconciled(Reconciled wire) {
    SeqRange seqs = wire.getSeqs();
    if (wire.getEqual()) {
      return new ReconcileAnswer.Equal(wire.getEpoch(), seqs.getFrom(), seqs.getTo());
    }
    return new ReconcileAnswer.Differs(
        wire.getEpoch(),
        seqs.getFrom(),
        seqs.getTo(),
        wire.getRowsList().stream()
            .map(row -> new ReconcileAnswer.Row(row.getSeq(), hash(row.getContentHash())))
            .toList());
  }

  private static Receipt receipt(dev.sentinelj.proto.Receipt wire) {
    return new Receipt(
        wire.getPartition(), lane(wire.getLane()), wire.getGeneration(), wire.getSequence());
  }

  private static LaneRead read(dev.sentinelj.proto.Receipt wire) {
    return new LaneRead(
        wire.getPartition(), lane(wire.getLane()), wire.getGeneration(), wire.getSequence());
  }

  private static Lane lane(dev.sentinelj.proto.Lane wire) {
    return switch (wire) {
      case FRESH -> Lane.FRESH;
      case BACKLOG -> Lane.BACKLOG;
      case UNRECOGNIZED -> throw new MalformedException("unknown lane");
    };
  }

  private static SeqRanges.Range range(SeqRange wire) {
    return new SeqRanges.Range(wire.getFrom(), wire.getTo());
  }

  private static Sha256 hash(ByteString bytes) {
    return Sha256.fromBytes(bytes.toByteArray());
  }
}
