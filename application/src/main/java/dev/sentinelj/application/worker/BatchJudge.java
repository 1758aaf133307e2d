package dev.sentinelj.application.worker;

import dev.sentinelj.application.gateway.AgentDirectory;
import dev.sentinelj.core.batch.BatchKind;
import dev.sentinelj.core.batch.LossRecord;
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
        .orElseGet(() -> new PullItem.Believed(row, parsed(sets), content(row.batch())));
  }

  /** What a believed batch says. */
  PullItem.Content content(SignedBatch batch) {
    try {
      BatchKind kind = batch.header().kind();
      return switch (kind) {
        case DATA -> new PullItem.Content.Data(codec.decode(batch.header(), batch.body()));
        case LOSS -> new PullItem.Content.Loss(LossRecord.parse(batch.body()));
        case MOVED -> new PullItem.Content.Moved();
        case COPY -> new PullItem.Content.Unusable("malformed", "copies are not taken yet");
      };
    } catch (MalformedException e) {
      return new PullItem.Content.Unusable("malformed", String.valueOf(e.getMessage()));
    }
  }

  private record Doubt(String reason, String detail) {}

  private static Optional<Doubt> doubt(JournalRow row, AgentDirectory.Answer found) {
    long received = row.position().stampMillis();
    return switch (found) {
      case AgentDirectory.Answer.Found(AgentDirectory.Keys keys) -> doubt(row, keys, received);
      case AgentDirectory.Answer.Deleted(long at) -> doubtOfDeleted(row, at, received);
      case AgentDirectory.Answer.Unknown _,
          AgentDirectory.Answer.Unavailable _,
          AgentDirectory.Answer.Throttled _ ->
          Optional.of(new Doubt("unknown_agent", "no such agent"));
    };
  }

  private static Optional<Doubt> doubt(JournalRow row, AgentDirectory.Keys keys, long received) {
    SignedBatch batch = row.batch();
    if (!keys.knows(batch.contentKey())) {
      return Optional.of(new Doubt("unknown_key", "no key " + batch.contentKey()));
    }
    Optional<AgentKey> key = keys.ring().forContent(batch.contentKey(), received);
    if (key.isEmpty()) {
      return Optional.of(new Doubt("revoked", "received after key " + batch.contentKey() + " was"));
    }
    return SigningPolicy.contentHolds(key.get(), batch)
        ? Optional.empty()
        : Optional.of(new Doubt("bad_mac", "content MAC or body hash does not hold"));
  }

  /**
   * The keys of a deleted agent are gone. What the bus had before still commits: that the content
   * MAC held is known from the gateway, whose frame carries the MAC of the cluster.
   */
  private static Optional<Doubt> doubtOfDeleted(JournalRow row, long at, long received) {
    if (received >= at) {
      return Optional.of(new Doubt("revoked", "received after the agent was deleted"));
    }
    return row.batch().bodyMatches()
        ? Optional.empty()
        : Optional.of(new Doubt("bad_mac", "body hash does not hold"));
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
