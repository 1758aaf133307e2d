package dev.sentinelj.application.agent;

import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.failpoint.Failpoint;
import dev.sentinelj.core.session.ReconcileAnswer;
import dev.sentinelj.core.session.ReconcileQuery;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.BatchLog;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Deletes segments of the log, oldest first, and each only after the database was asked whether it
 * has exactly those batches. Marks alone delete nothing.
 */
final class SegmentFreeing {

  private static final Backoff ASK_AGAIN = new Backoff(1_000, 2_000, 600_000);

  /** A question without an answer for so long may be asked again. */
  private static final long ANSWER_MILLIS = 60_000;

  private final BatchLog log;
  private final GivenUp givenUp;
  private final ShippedCounts counts;
  private final RandomGenerator random;

  private @Nullable ReconcileQuery asked;
  private long askedAtNanos;
  private long askAgainAtNanos;
  private int differences;
  private boolean forked;

  SegmentFreeing(BatchLog log, GivenUp givenUp, ShippedCounts counts, RandomGenerator random) {
    this.log = log;
    this.givenUp = givenUp;
    this.counts = counts;
    this.random = random;
  }

  /** Whether the ledger was seen to hold another content under a seq of ours. */
  boolean forked() {
    return forked;
  }

  void sessionEnded() {
    asked = null;
  }

  /** The question to ask now, if the oldest segment looks committed and none is under way. */
  Optional<ReconcileQuery> question(CommittedWord word, Now now) {
    boolean waiting =
        asked != null && now.monotonicNanos() - askedAtNanos < ANSWER_MILLIS * 1_000_000;
    if (waiting || (differences > 0 && now.monotonicNanos() - askAgainAtNanos < 0)) {
      return Optional.empty();
    }
    if (!word.has(log.firstSeq())) {
      return Optional.empty();
    }
    Optional<ReconcileQuery> question =
        log.oldestSealed()
            .filter(segment -> word.hasAll(segment.firstSeq(), segment.lastSeq()))
            .map(this::queryFor);
    question.ifPresent(query -> {
      asked = query;
      askedAtNanos = now.monotonicNanos();
    });
    return question;
  }

  /**
   * Deletes the segment asked about when the database has it.
   *
   * @return seqs that it does not have, to be sent again
   */
  List<Long> answered(ReconcileAnswer answer, Now now) {
    ReconcileQuery query = asked;
    if (query == null || !answer.answers(query)) {
      return List.of();
    }
    Failpoint.AGENT_RECONCILE_HEARD.hit();
    Differences found = Differences.of(log, answer, givenUp);
    forked |= found.foreign();
    if (found.missing().isEmpty() && !found.foreign()) {
      delete(query, now);
    } else {
      later(now);
    }
    return found.missing();
  }

  private void delete(ReconcileQuery query, Now now) {
    Optional<BatchLog.SealedSegment> segment =
        log.oldestSealed().filter(s -> s.firstSeq() == query.from() && s.lastSeq() == query.to());
    asked = null;
    if (segment.isPresent()) {
      try {
        log.delete(segment.get());
        differences = 0;
        counts.freedSegments++;
        givenUp.forgetThrough(query.to());
      } catch (PortUnavailableException _) {
        later(now);
      }
    }
  }

  private void later(Now now) {
    asked = null;
    differences++;
    askAgainAtNanos = now.monotonicNanos() + ASK_AGAIN.millis(differences, random) * 1_000_000;
  }

  private ReconcileQuery queryFor(BatchLog.SealedSegment segment) {
    return new ReconcileQuery(
        log.epoch(),
        segment.firstSeq(),
        segment.lastSeq(),
        ReconcileQuery.digestOf(hashesWithRows(segment)));
  }

  private List<Sha256> hashesWithRows(BatchLog.SealedSegment segment) {
    boolean noneGivenUp =
        LongStream.rangeClosed(segment.firstSeq(), segment.lastSeq()).noneMatch(givenUp::has);
    return noneGivenUp
        ? segment.contentHashes()
        : givenUp.hashesWithRows(segment.firstSeq(), segment.lastSeq());
  }
}
