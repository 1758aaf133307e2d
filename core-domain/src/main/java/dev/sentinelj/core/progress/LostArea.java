package dev.sentinelj.core.progress;

import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.progress.SeqRanges.Range;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * What one loss among others answers for, so that a seq named by several counts once: its range
 * without the losses inside it, and its samples without theirs. A narrower loss that counts nothing
 * any more gives its seqs back to the wider one; a torn one never does, because the count of
 * samples that the wider one was made from does not know it.
 *
 * @param ranges seqs that no narrower loss answers for, ascending
 * @param samples how many samples they hold when the ledger has none of them; at least 0
 */
public record LostArea(List<Range> ranges, long samples) {
  public LostArea {
    ranges = List.copyOf(ranges);
  }

  /**
   * @param others losses of the same epoch that are torn or still count; those that do not lie
   *     within {@code loss}, and {@code loss} itself, do not matter
   */
  public static LostArea of(LossRecord.Entry loss, Collection<LossRecord.Entry> others) {
    List<LossRecord.Entry> inside =
        others.stream()
            .filter(other -> encloses(loss, other))
            .sorted(
                Comparator.comparingLong(LossRecord.Entry::from)
                    .thenComparing(LossRecord.Entry::to, Comparator.reverseOrder()))
            .toList();
    SeqRanges answered = new SeqRanges();
    long samples = loss.samples();
    long end = 0;
    for (LossRecord.Entry one : inside) {
      if (one.to() > end) { // else it lies within one that was taken off already
        samples = Math.max(0, samples - one.samples());
        answered.add(one.from(), one.to());
        end = one.to();
      }
    }
    return new LostArea(answered.gaps(loss.from(), loss.to()), samples);
  }

  /** Whether {@code inner} is another range that lies within that of {@code outer}. */
  public static boolean encloses(LossRecord.Entry outer, LossRecord.Entry inner) {
    return outer.from() <= inner.from()
        && inner.to() <= outer.to()
        && (outer.from() != inner.from() || outer.to() != inner.to());
  }

  /** Those of {@code entries} that enclose no other one. */
  public static List<LossRecord.Entry> narrowest(Collection<LossRecord.Entry> entries) {
    return entries.stream()
        .filter(one -> entries.stream().noneMatch(other -> encloses(one, other)))
        .toList();
  }

  /**
   * The samples that count as lost.
   *
   * @param rows how many ledger rows there are in {@link #ranges}
   * @param rowSamples how many samples these hold, at least 0
   */
  public long counted(long rows, long rowSamples) {
    long seqs = ranges.stream().mapToLong(Range::size).sum();
    return rows == seqs ? 0 : Math.max(0, samples - rowSamples);
  }
}
