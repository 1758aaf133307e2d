package dev.sentinelj.application.agent;

import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.progress.SeqRanges;
import dev.sentinelj.core.progress.SeqRanges.Range;
import dev.sentinelj.core.session.ReconcileAnswer;
import dev.sentinelj.core.session.ReconcileQuery;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.driven.BatchLog;
import dev.sentinelj.ports.driven.Uplink;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Asks whether the rows that the database has of our epoch are ours. A mark tells seqs, not
 * contents: with a twin's rows under them we would take our own for stored until their segment is
 * compared, which may be days. What was sent in this session needs no question, because the ledger
 * itself meets another content there; whatever else is committed does, the newest first.
 */
final class OwnRows {
  /** Seqs of one question. */
  private static final int PIECE = 256;

  private final BatchLog log;
  private final GivenUp givenUp;
  private final Asking asking = new Asking();
  private SeqRanges proven = new SeqRanges();

  /** What was proven, and what was sent in this session. */
  private SeqRanges known = new SeqRanges();

  private @Nullable ReconcileQuery asked;
  private boolean heard;
  private boolean foreign;

  OwnRows(BatchLog log, GivenUp givenUp) {
    this.log = log;
    this.givenUp = givenUp;
  }

  /** Whether a row of another content was seen under a seq of ours. */
  boolean foreign() {
    return foreign;
  }

  void sessionEnded() {
    asked = null;
    heard = false;
    asking.answered();
    known = proven.copy();
  }

  /**
   * A word of the database came.
   *
   * @param movedBack whether it takes back what an earlier one said: what comes there may be new
   */
  void heard(boolean movedBack) {
    heard = true;
    if (movedBack) {
      proven = new SeqRanges();
    }
  }

  void sent(long seq) {
    known.add(seq);
  }

  /** It was accepted in this session and is committed. */
  void committed(long seq) {
    proven.add(seq);
  }

  /** Whether the database has had its word in this session and no row of it is in doubt. */
  boolean certain(CommittedWord word) {
    return heard && doubtful(word).isEmpty();
  }

  /** The question to ask in {@code session} now, if a row is in doubt and none is under way. */
  Optional<ReconcileQuery> question(CommittedWord word, Uplink.Session session, Now now) {
    Optional<Range> doubtful = heard ? doubtful(word) : Optional.empty();
    if (doubtful.isEmpty() || !asking.due(session, now)) {
      return Optional.empty();
    }
    asked = questionAbout(doubtful.get());
    return Optional.of(asked);
  }

  private ReconcileQuery questionAbout(Range range) {
    List<Sha256> hashes = givenUp.hashesWithRows(range.from(), range.to());
    return new ReconcileQuery(
        log.epoch(), range.from(), range.to(), ReconcileQuery.digestOf(hashes));
  }

  /**
   * Takes note of what the ledger has.
   *
   * @return seqs that it does not have, to be sent again
   */
  List<Long> answered(ReconcileAnswer answer) {
    ReconcileQuery query = asked;
    if (query == null || !answer.answers(query)) {
      return List.of();
    }
    asked = null;
    asking.answered();
    Differences found = Differences.of(log, answer, givenUp);
    foreign |= found.foreign();
    if (!foreign) {
      proven.add(query.from(), query.to());
    }
    known.add(query.from(), query.to());
    return found.missing();
  }

  private Optional<Range> doubtful(CommittedWord word) {
    long first = log.firstSeq();
    long last = log.durableThrough();
    for (Range range : word.ranges().reversed()) {
      long from = Math.max(range.from(), first);
      long to = Math.min(range.to(), last);
      List<Range> gaps = from <= to ? known.gaps(from, to) : List.of();
      if (!gaps.isEmpty()) {
        Range newest = gaps.getLast();
        return Optional.of(
            new Range(Math.max(newest.from(), newest.to() - PIECE + 1), newest.to()));
      }
    }
    return Optional.empty();
  }
}
