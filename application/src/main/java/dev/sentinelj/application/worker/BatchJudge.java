package dev.sentinelj.application.worker;

import dev.sentinelj.application.gateway.AgentDirectory;
import dev.sentinelj.core.batch.BatchKind;
import dev.sentinelj.core.batch.CopiedBatch;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.batch.MovedRecord;
import dev.sentinelj.core.batch.QuarantineReason;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.signing.AgentKey;
import dev.sentinelj.core.signing.SigningPolicy;
import dev.sentinelj.core.wire.MalformedException;
import dev.sentinelj.ports.driven.BatchCodec;
import dev.sentinelj.ports.driven.PartitionTransaction.JournalRow;
import java.util.List;
import java.util.Optional;

/**
 * Decides about one batch from its bytes and its agent's keys, and decodes it when it is believed.
 */
final class BatchJudge {
  private final BatchCodec codec;

  BatchJudge(BatchCodec codec) {
    this.codec = codec;
  }

  /**
   * @param found what the directory says of the batch's agent; the registry was reachable
   * @param sets definitions that came beside the batch
   */
  PullItem judge(JournalRow row, AgentDirectory.Answer found, List<byte[]> sets) {
    return doubt(row, found)
        .map(doubt -> (PullItem) new PullItem.Unbelieved(row, doubt.reason, doubt.detail))
        .orElseGet(() -> believed(row, parsed(sets)));
  }

  /**
   * As {@link #judge}, of a batch that nobody gets through reading: only who signed it, and where
   * its content was first, is looked at.
   */
  PullItem undecoded(
      JournalRow row,
      AgentDirectory.Answer found,
      List<byte[]> sets,
      QuarantineReason reason,
      String detail) {
    return doubt(row, found)
        .map(doubt -> (PullItem) new PullItem.Unbelieved(row, doubt.reason, doubt.detail))
        .orElseGet(() -> aside(row, parsed(sets), reason, detail));
  }

  /** As {@link #believed}, of a batch that is kept aside unread. */
  static PullItem.Believed aside(
      JournalRow row, List<SeriesSet> sets, QuarantineReason reason, String detail) {
    return new PullItem.Believed(
        row, origin(row.batch()), sets, new PullItem.Content.Unusable(reason, detail));
  }

  private static Optional<CopiedBatch.Origin> origin(SignedBatch batch) {
    try {
      return batch.header().kind() == BatchKind.COPY
          ? Optional.of(CopiedBatch.parse(batch).origin())
          : Optional.empty();
    } catch (MalformedException e) {
      return Optional.empty();
    }
  }

  /**
   * What a batch says whose content MAC held. A copy says what its original says; the MAC over the
   * copy covers the original too.
   */
  PullItem.Believed believed(JournalRow row, List<SeriesSet> sets) {
    SignedBatch batch = row.batch();
    if (batch.header().kind() != BatchKind.COPY) {
      return new PullItem.Believed(row, Optional.empty(), sets, content(batch, batch.id().epoch()));
    }
    try {
      CopiedBatch copy = CopiedBatch.parse(batch);
      PullItem.Content content = content(copy.original(), batch.id().epoch());
      return new PullItem.Believed(row, Optional.of(copy.origin()), sets, content);
    } catch (MalformedException e) {
      return new PullItem.Believed(row, Optional.empty(), sets, malformed(e));
    }
  }

  /**
   * @param carrier the epoch of the batch that carries {@code batch}, its own for no copy
   */
  private PullItem.Content content(SignedBatch batch, EpochId carrier) {
    try {
      ClaimedCounts.check(batch.header());
      return switch (batch.header().kind()) {
        case DATA -> new PullItem.Content.Data(codec.decode(batch.header(), batch.body()));
        case LOSS -> loss(batch);
        case MOVED -> moved(batch, carrier);
        case COPY -> throw new MalformedException("a copy of a copy");
      };
    } catch (MalformedException e) {
      return malformed(e);
    }
  }

  private static PullItem.Content moved(SignedBatch batch, EpochId carrier) {
    EpochId own = batch.id().epoch();
    MovedRecord record = MovedRecord.parse(batch.body());
    EpochId closed = new EpochId(own.agent(), record.epoch());
    if (closed.equals(own) || closed.equals(carrier)) {
      throw new MalformedException("an epoch that says of itself that it was closed");
    }
    checkEmpty(batch);
    ClaimedCounts.check(record);
    return new PullItem.Content.Moved(closed, own, record);
  }

  private static PullItem.Content loss(SignedBatch batch) {
    checkEmpty(batch);
    LossRecord record = LossRecord.parse(batch.body());
    ClaimedCounts.check(record);
    return new PullItem.Content.Loss(batch.id().epoch(), record);
  }

  /** What a record counts as its own would be neither stored nor lost. */
  private static void checkEmpty(SignedBatch batch) {
    if (batch.header().samples() != 0) {
      throw new MalformedException(batch.header().kind() + " with samples of its own");
    }
  }

  private static PullItem.Content malformed(MalformedException e) {
    return new PullItem.Content.Unusable(
        QuarantineReason.MALFORMED, String.valueOf(e.getMessage()));
  }

  private record Doubt(QuarantineReason reason, String detail) {}

  private static Optional<Doubt> doubt(JournalRow row, AgentDirectory.Answer found) {
    long received = row.position().stampMillis();
    return switch (found) {
      case AgentDirectory.Answer.Found(AgentDirectory.Keys keys) -> doubt(row, keys, received);
      case AgentDirectory.Answer.Deleted(long at) -> doubtOfDeleted(row, at, received);
      case AgentDirectory.Answer.Unknown _,
          AgentDirectory.Answer.Unavailable _,
          AgentDirectory.Answer.Throttled _ ->
          Optional.of(new Doubt(QuarantineReason.UNKNOWN_AGENT, "no such agent"));
    };
  }

  private static Optional<Doubt> doubt(JournalRow row, AgentDirectory.Keys keys, long received) {
    SignedBatch batch = row.batch();
    if (!keys.knows(batch.contentKey())) {
      return Optional.of(new Doubt(QuarantineReason.UNKNOWN_KEY, "no key " + batch.contentKey()));
    }
    Optional<AgentKey> key = keys.ring().forContent(batch.contentKey(), received);
    if (key.isEmpty()) {
      return Optional.of(
          new Doubt(QuarantineReason.REVOKED, "received after key " + batch.contentKey() + " was"));
    }
    return SigningPolicy.contentHolds(key.get(), batch)
        ? doubtOfCounts(batch)
        : Optional.of(
            new Doubt(QuarantineReason.BAD_MAC, "content MAC or body hash does not hold"));
  }

  /** A ledger row would let these numbers in. */
  private static Optional<Doubt> doubtOfCounts(SignedBatch batch) {
    try {
      ClaimedCounts.check(batch.header());
      return Optional.empty();
    } catch (MalformedException e) {
      return Optional.of(new Doubt(QuarantineReason.MALFORMED, String.valueOf(e.getMessage())));
    }
  }

  /**
   * The keys of a deleted agent are gone. What the bus had before still commits: that the content
   * MAC held is known from the gateway, whose frame carries the MAC of the cluster.
   */
  private static Optional<Doubt> doubtOfDeleted(JournalRow row, long at, long received) {
    if (received >= at) {
      return Optional.of(
          new Doubt(QuarantineReason.REVOKED, "received after the agent was deleted"));
    }
    return row.batch().bodyMatches()
        ? doubtOfCounts(row.batch())
        : Optional.of(new Doubt(QuarantineReason.BAD_MAC, "body hash does not hold"));
  }

  private static List<SeriesSet> parsed(List<byte[]> sets) {
    return sets.stream().map(BatchJudge::parsed).flatMap(Optional::stream).toList();
  }

  /**
   * Empty for what a gateway should have refused: the batch is parked then, and the agent asked.
   */
  private static Optional<SeriesSet> parsed(byte[] set) {
    try {
      return Optional.of(SeriesSet.parse(set));
    } catch (MalformedException e) {
      return Optional.empty();
    }
  }
}
