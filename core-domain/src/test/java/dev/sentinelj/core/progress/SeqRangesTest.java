package dev.sentinelj.core.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sentinelj.core.progress.SeqRanges.Range;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SeqRangesTest {

  @Test
  void add_randomRanges_equalsANaiveSet() {
    SplittableRandom seeds = new SplittableRandom(3);
    for (int run = 0; run < 500; run++) {
      long seed = seeds.nextLong();
      SplittableRandom random = new SplittableRandom(seed);
      SeqRanges ranges = new SeqRanges();
      TreeSet<Long> naive = new TreeSet<>();
      for (int i = 0; i < 40; i++) {
        long from = 1 + random.nextLong(60);
        long to = from + random.nextInt(6);
        ranges.add(from, to);
        for (long seq = from; seq <= to; seq++) {
          naive.add(seq);
        }
        assertSame(seed, ranges, naive);
      }
    }
  }

  @Test
  void add_adjacent_merges() {
    SeqRanges ranges = new SeqRanges();
    ranges.add(1);
    ranges.add(3);
    ranges.add(2);

    assertThat(ranges.toList()).containsExactly(new Range(1, 3));
    assertThat(ranges.through()).isEqualTo(3);
  }

  @Test
  void through_withoutOne_isZero() {
    SeqRanges ranges = new SeqRanges();
    assertThat(ranges.isEmpty()).isTrue();
    assertThat(ranges.through()).isZero();

    ranges.add(2, 9);

    assertThat(ranges.through()).isZero();
    assertThat(ranges.above(5)).containsExactly(new Range(2, 9));
  }

  @Test
  void above_limit_givesTheLowest() {
    SeqRanges ranges =
        SeqRanges.of(List.of(new Range(1, 2), new Range(4, 4), new Range(6, 7), new Range(9, 9)));

    assertThat(ranges.above(2)).containsExactly(new Range(4, 4), new Range(6, 7));
  }

  @Test
  void copy_changed_leavesTheOriginal() {
    SeqRanges ranges = SeqRanges.of(List.of(new Range(1, 2)));
    SeqRanges copy = ranges.copy();
    assertThat(copy).isEqualTo(ranges).hasSameHashCodeAs(ranges);

    copy.add(3);

    assertThat(ranges.contains(3)).isFalse();
    assertThat(copy).isNotEqualTo(ranges);
  }

  @Test
  void add_badRange_throws() {
    SeqRanges ranges = new SeqRanges();

    assertThatIllegalArgumentException().isThrownBy(() -> ranges.add(0, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> ranges.add(2, 1));
  }

  @Test
  void add_greatestSeq_isContained() {
    SeqRanges ranges = new SeqRanges();
    ranges.add(Long.MAX_VALUE);
    ranges.add(Long.MAX_VALUE);

    assertThat(ranges.toList()).containsExactly(new Range(Long.MAX_VALUE, Long.MAX_VALUE));
  }

  private static void assertSame(long seed, SeqRanges ranges, SortedSet<Long> naive) {
    List<Range> expected = new ArrayList<>();
    for (long seq : naive) {
      if (!expected.isEmpty() && expected.getLast().to() == seq - 1) {
        expected.set(expected.size() - 1, new Range(expected.getLast().from(), seq));
      } else {
        expected.add(new Range(seq, seq));
      }
    }
    assertThat(ranges.toList()).as("seed %d", seed).isEqualTo(expected);
    for (long seq = 1; seq < 70; seq++) {
      assertThat(ranges.contains(seq)).as("seed %d", seed).isEqualTo(naive.contains(seq));
    }
  }
}
