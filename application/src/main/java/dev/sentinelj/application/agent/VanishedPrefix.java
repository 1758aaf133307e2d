package dev.sentinelj.application.agent;

import dev.sentinelj.core.batch.BatchHeader;
import dev.sentinelj.core.batch.LossReason;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.driven.BatchLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Notices that the database lacks what this log has deleted long ago: it was restored to an older
 * state. Nobody can send that again, so it is said to be lost, once per such state, and again what
 * was torn of it, which the count of samples does not know. The store takes off what it still has.
 */
final class VanishedPrefix {
  private final BatchLog log;
  private final LossWriter losses;
  private final long afterNanos;
  private boolean lacking;
  private long lackingSinceNanos;
  private boolean said;

  /**
   * @param after how long the word must have been so, within one session
   */
  VanishedPrefix(BatchLog log, LossWriter losses, Duration after) {
    this.log = log;
    this.losses = losses;
    this.afterNanos = after.toNanos();
  }

  void sessionEnded() {
    lacking = false;
  }

  /** Takes note of a word, and writes down what is lost when it is certain now. */
  void heard(CommittedWord word, Now now) {
    long first = log.firstSeq();
    if (!word.lacksBelow(first)) {
      lacking = false;
      said = false;
    } else if (!lacking) {
      lacking = true;
      lackingSinceNanos = now.monotonicNanos();
    } else if (!said && now.monotonicNanos() - lackingSinceNanos >= afterNanos) {
      vanished(first).forEach(losses::lost);
      said = true;
    }
  }

  /** As {@link #heard}, when no other word came since: an agent at rest hears none. */
  void poll(CommittedWord word, Now now) {
    if (lacking) {
      heard(word, now);
    }
  }

  /** All before the first batch that can be read; the samples of others behind it are theirs. */
  private List<LossRecord.Entry> vanished(long first) {
    Optional<BatchHeader> held =
        log.read(first, 1, 1).stream().findFirst().map(SignedBatch::header);
    long end = held.map(header -> header.id().seq()).orElseGet(log::nextSeq);
    long samples = held.map(BatchHeader::sampleFrom).orElseGet(log::sampleCount);
    List<LossRecord.Entry> entries = new ArrayList<>();
    entries.add(new LossRecord.Entry(1, end - 1, samples, LossReason.DROPPED));
    log.everTorn().stream()
        .filter(torn -> torn.from() < end)
        .map(torn -> new LossRecord.Entry(torn.from(), torn.to(), 0, LossReason.TORN))
        .forEach(entries::add);
    return entries;
  }
}
