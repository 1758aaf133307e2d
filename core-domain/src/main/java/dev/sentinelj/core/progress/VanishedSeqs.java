package dev.sentinelj.core.progress;

import dev.sentinelj.core.batch.LossReason;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.batch.MovedRecord;
import dev.sentinelj.core.progress.SeqRanges.Range;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * What nobody has any more of a closed epoch: its logs said their last words, which count on rows
 * of the ledger, and were deleted; then the database went back to a state without those rows. As
 * long as the rows do not come again out of the bus they are lost, and no log is left to say so.
 */
public final class VanishedSeqs {
  private final SeqRanges known;
  private final List<LossRecord.Entry> found = new ArrayList<>();

  private VanishedSeqs(SeqRanges known) {
    this.known = known;
  }

  /**
   * One log's last word on the epoch.
   *
   * @param difference samples it counted that are neither in the ledger, nor lost, nor moved, all
   *     vanished ones among them
   */
  public record Word(MovedRecord record, long difference) {
    private List<Range> missing(SeqRanges known) {
      SeqRanges spoken = known.copy();
      record.moved().forEach(moved -> spoken.add(moved.from(), moved.to()));
      return record.lastSeq() == 0 ? List.of() : spoken.gaps(1, record.lastSeq());
    }

    private boolean counts(LossRecord.Entry loss) {
      return loss.to() <= record.lastSeq()
          && record.moved().stream()
              .noneMatch(moved -> moved.from() <= loss.to() && loss.from() <= moved.to());
    }
  }

  /**
   * The losses of {@link LossReason#VANISHED} that follow. What a word misses is one number, so its
   * first range has all the samples. Two logs share what was written before one became two: the
   * word that misses fewer seqs comes first, and what it misses is taken off the other.
   *
   * @param known seqs of ledger rows, and of losses for other reasons
   */
  public static List<LossRecord.Entry> of(Collection<Word> words, SeqRanges known) {
    VanishedSeqs vanished = new VanishedSeqs(known.copy());
    words.stream()
        .sorted(Comparator.comparingLong(word -> size(word.missing(known))))
        .forEach(vanished::add);
    return vanished.found;
  }

  private static long size(List<Range> ranges) {
    return ranges.stream().mapToLong(Range::size).sum();
  }

  private void add(Word word) {
    long named = found.stream().filter(word::counts).mapToLong(LossRecord.Entry::samples).sum();
    long samples = Math.max(0, word.difference() - named);
    for (Range range : word.missing(known)) {
      found.add(new LossRecord.Entry(range.from(), range.to(), samples, LossReason.VANISHED));
      known.add(range.from(), range.to());
      samples = 0;
    }
  }
}
