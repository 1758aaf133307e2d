package dev.sentinelj.application.agent;

import dev.sentinelj.core.batch.LossReason;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.driven.BatchLog;
import java.time.Duration;
import java.util.Optional;

/**
 * Notices that the database lacks what this log has deleted long ago: it was restored to an older
 * state. Nobody can send that again, so it is said to be lost, once per such state. The store takes
 * off what it still has of it.
 */
final class VanishedPrefix {
  private final BatchLog log;
  private final long afterNanos;
  private boolean lacking;
  private long lackingSinceNanos;
  private boolean said;

  /**
   * @param after how long the word must have been so, within one session
   */
  VanishedPrefix(BatchLog log, Duration after) {
    this.log = log;
    this.afterNanos = after.toNanos();
  }

  void sessionEnded() {
    lacking = false;
  }

  /** Takes note of a word, and says what is lost when it is certain now. */
  Optional<LossRecord.Entry> heard(CommittedWord word, Now now) {
    long first = log.firstSeq();
    if (!word.lacksBelow(first)) {
      lacking = false;
      said = false;
      return Optional.empty();
    }
    if (!lacking) {
      lacking = true;
      lackingSinceNanos = now.monotonicNanos();
      return Optional.empty();
    }
    if (said || now.monotonicNanos() - lackingSinceNanos < afterNanos) {
      return Optional.empty();
    }
    said = true;
    return Optional.of(
        new LossRecord.Entry(1, first - 1, samplesBefore(first), LossReason.DROPPED));
  }

  /** As {@link #heard}, when no other word came since: an agent at rest hears none. */
  Optional<LossRecord.Entry> poll(CommittedWord word, Now now) {
    return lacking ? heard(word, now) : Optional.empty();
  }

  private long samplesBefore(long first) {
    return log.read(first, 1, 1).stream()
        .findFirst()
        .map(SignedBatch::header)
        .map(header -> header.sampleFrom())
        .orElse(log.sampleCount());
  }
}
