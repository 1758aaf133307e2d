package dev.sentinelj.adapters.files;

import dev.sentinelj.core.batch.LossReason;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.progress.SeqRanges;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What of a log is missing and is not named by a loss record in it yet, what the loss records in it
 * name as refused, and what was ever torn. Not thread safe.
 */
final class LogLosses {
  private final NavigableSet<Long> torn = new TreeSet<>();
  private final SeqRanges everTorn = new SeqRanges();
  private final NavigableMap<Long, LossRecord.Entry> damaged = new TreeMap<>();
  private final Set<Long> unreadable = new HashSet<>();
  private final SeqRanges refused = new SeqRanges();

  /** Seqs whose writing never finished, ascending. */
  List<Long> torn() {
    return List.copyOf(torn);
  }

  /** Those too that were named, ascending. */
  List<SeqRanges.Range> everTorn() {
    return everTorn.toList();
  }

  /** Seqs that were durable once and cannot be read any more, ascending. */
  List<LossRecord.Entry> damaged() {
    return List.copyOf(damaged.values());
  }

  boolean refused(long seq) {
    return refused.contains(seq);
  }

  boolean allNamed() {
    return torn.isEmpty() && damaged.isEmpty();
  }

  void addTorn(long seq) {
    torn.add(seq);
    everTorn.add(seq);
  }

  /** Notes what was torn once, whether or not it is named. */
  void addEverTorn(List<SeqRanges.Range> ranges) {
    ranges.forEach(range -> everTorn.add(range.from(), range.to()));
  }

  /**
   * @param samples how many samples {@code from} to {@code to} held
   */
  void addDamaged(long from, long to, long samples) {
    damaged.put(from, new LossRecord.Entry(from, to, samples, LossReason.CORRUPT));
  }

  /**
   * What was durable and cannot be read is lost, unless the database has it already.
   *
   * @return whether that was not known of {@code record}
   */
  boolean addUnreadable(WalSegment.Held record) {
    boolean news = unreadable.add(record.seq());
    if (news) {
      addDamaged(record.seq(), record.seq(), record.samples());
    }
    return news;
  }

  /** Forgets what one more loss record names. */
  void name(List<LossRecord.Entry> losses) {
    for (LossRecord.Entry loss : losses) {
      noteNamed(loss);
      damaged.values().removeIf(one -> loss.from() <= one.from() && one.to() <= loss.to());
    }
  }

  /** Forgets what all loss records of the log name together, after its gaps were found anew. */
  void nameAll(List<LossRecord.Entry> losses) {
    SeqRanges covered = new SeqRanges();
    for (LossRecord.Entry loss : losses) {
      noteNamed(loss);
      covered.add(loss.from(), loss.to());
    }
    for (LossRecord.Entry gap : damaged()) {
      damaged.remove(gap.from());
      unnamed(gap, losses, covered).ifPresent(left -> damaged.put(left.from(), left));
    }
  }

  private void noteNamed(LossRecord.Entry loss) {
    torn.subSet(loss.from(), true, loss.to(), true).clear();
    if (loss.reason() == LossReason.REFUSED) {
      refused.add(loss.from(), loss.to());
    }
    if (loss.reason() == LossReason.TORN) {
      everTorn.add(loss.from(), loss.to());
    }
  }

  /**
   * What is to be said of a gap that is not named as a whole. Which of its seqs held how many
   * samples is not known any more, so it is not cut into pieces: the entry encloses what was named
   * of it, and the store takes that off, as it takes off the rows it has.
   */
  private static Optional<LossRecord.Entry> unnamed(
      LossRecord.Entry gap, List<LossRecord.Entry> named, SeqRanges covered) {
    long from = gap.from();
    while (from <= gap.to() && covered.contains(from)) {
      from++;
    }
    if (from > gap.to()) {
      return Optional.empty();
    }
    long samples = gap.samples();
    long start = gap.from();
    for (LossRecord.Entry loss : named) {
      if (loss.from() < gap.from() && loss.to() >= gap.from()) { // it reaches out of the gap
        samples -= loss.samples();
        start = Math.max(start, from);
      }
    }
    return Optional.of(
        new LossRecord.Entry(start, gap.to(), Math.max(0, samples), LossReason.CORRUPT));
  }
}
