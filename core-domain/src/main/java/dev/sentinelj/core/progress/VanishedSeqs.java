package dev.sentinelj.core.progress;

import dev.sentinelj.core.batch.LossReason;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.batch.MovedRecord;
import dev.sentinelj.core.progress.SeqRanges.Range;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/**
 * What nobody has any more of a closed epoch: its logs said their last words, which count on rows
 * of the ledger, and were deleted; then the database went back to a state without those rows. As
 * long as the rows do not come again out of the bus they are lost, and no log is left to say so.
 *
 * <p>A twin may have carried over what is said to have vanished: whether it held the same content
 * under a seq or one of its own, no record tells any more. The loss is named all the same, because
 * one that is not named would be hidden.
 */
public final class VanishedSeqs {
  private final SeqRanges rows;
  private final List<Word> words;
  private final List<LossRecord.Entry> losses;
  private final List<LossRecord.Entry> found = new ArrayList<>();

  private VanishedSeqs(
      Collection<Word> words, SeqRanges rows, Collection<LossRecord.Entry> losses) {
    this.words = List.copyOf(words);
    this.rows = rows;
    this.losses = List.copyOf(losses);
  }

  /**
   * One log's last word on the epoch.
   *
   * @param difference samples it counted that are neither in the ledger, nor lost, nor moved, all
   *     vanished ones among them
   */
  public record Word(MovedRecord record, long difference) {
    /** Whether a loss speaks of what this log counted: wholly within it, apart from what moved. */
    private boolean counts(LossRecord.Entry loss) {
      return loss.to() <= record.lastSeq()
          && record.moved().stream()
              .noneMatch(moved -> moved.from() <= loss.to() && loss.from() <= moved.to());
    }
  }

  /**
   * The losses of {@link LossReason#VANISHED} that follow. What a word misses is one number, which
   * its seqs share evenly. Two logs share what was written before one became two: the word that
   * misses fewer seqs comes first, and what it misses is taken off the other.
   *
   * @param rows seqs of ledger rows
   * @param losses for other reasons
   */
  public static List<LossRecord.Entry> of(
      Collection<Word> words, SeqRanges rows, Collection<LossRecord.Entry> losses) {
    VanishedSeqs vanished = new VanishedSeqs(words, rows, losses);
    vanished.words.stream()
        .sorted(Comparator.comparingLong(word -> size(vanished.missing(word))))
        .forEach(vanished::add);
    return vanished.found;
  }

  private static long size(List<Range> ranges) {
    return ranges.stream().mapToLong(Range::size).sum();
  }

  /** The seqs that a word counts on and that are named nowhere. */
  private List<Range> missing(Word word) {
    if (word.record().lastSeq() == 0) {
      return List.of();
    }
    SeqRanges known = rows.copy();
    word.record().moved().forEach(moved -> known.add(moved.from(), moved.to()));
    losses.stream().filter(word::counts).forEach(loss -> known.add(loss.from(), loss.to()));
    found.stream().filter(word::counts).forEach(loss -> known.add(loss.from(), loss.to()));
    return known.gaps(1, word.record().lastSeq());
  }

  private void add(Word word) {
    List<Range> missing = missing(word);
    long named =
        Counts.sum(found.stream().filter(word::counts).mapToLong(LossRecord.Entry::samples));
    long samples = Math.max(0, Counts.minus(word.difference(), named));
    long seqs = size(missing);
    for (Range range : missing) {
      for (Range part : parts(range)) {
        long share = share(samples, part.size(), seqs);
        found.add(new LossRecord.Entry(part.from(), part.to(), share, LossReason.VANISHED));
        samples -= share;
        seqs -= part.size();
      }
    }
  }

  /**
   * {@code part} of {@code seqs} parts of the samples, rounded half up: exact, because agents
   * choose these numbers, and so never more than all of them.
   */
  private static long share(long samples, long part, long seqs) {
    BigInteger all = BigInteger.valueOf(seqs);
    return BigInteger.valueOf(samples)
        .multiply(BigInteger.valueOf(part))
        .shiftLeft(1)
        .add(all)
        .divide(all.shiftLeft(1))
        .longValueExact();
  }

  /** Cut where another word begins or ends to count, so that each part counts for it or not. */
  private List<Range> parts(Range range) {
    TreeSet<Long> cuts = new TreeSet<>();
    for (Word word : words) {
      cuts.add(word.record().lastSeq());
      for (MovedRecord.Entry moved : word.record().moved()) {
        cuts.add(moved.from() - 1);
        cuts.add(moved.to());
      }
    }
    List<Range> parts = new ArrayList<>();
    long from = range.from();
    for (long cut : cuts.subSet(range.from(), true, range.to(), false)) {
      parts.add(new Range(from, cut));
      from = cut + 1;
    }
    parts.add(new Range(from, range.to()));
    return parts;
  }
}
