package dev.sentinelj.core.progress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.Samples;
import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.ingest.Receipt;
import dev.sentinelj.core.progress.SeqRanges.Range;
import java.util.List;
import org.junit.jupiter.api.Test;

class EpochProgressTest {
  private static final EpochProgress START = EpochProgress.start(Samples.EPOCH);

  @Test
  void start_knowsNothing() {
    assertThat(START.committed().isEmpty()).isTrue();
    assertThat(START.balance()).isEqualTo(Balance.ZERO);
    assertThat(START.forked()).isFalse();
  }

  @Test
  void with_rangesAndBack_givesThemBack() {
    SeqRanges ranges = SeqRanges.of(List.of(new Range(1, 4), new Range(6, 6), new Range(8, 9)));

    EpochProgress progress = START.with(ranges, Balance.ZERO);

    assertThat(progress.through()).isEqualTo(4);
    assertThat(progress.above()).containsExactly(new Range(6, 6), new Range(8, 9));
    assertThat(progress.committed()).isEqualTo(ranges);
  }

  @Test
  void with_theGapFilled_movesThrough() {
    SeqRanges ranges = START.with(SeqRanges.of(List.of(new Range(2, 4))), Balance.ZERO).committed();
    ranges.add(1);

    assertThat(START.with(ranges, Balance.ZERO).through()).isEqualTo(4);
  }

  @Test
  void withFork_keepsEverythingElse() {
    EpochProgress forked = START.withFork();

    assertThat(forked.forked()).isTrue();
    assertThat(forked.epoch()).isEqualTo(Samples.EPOCH);
  }

  @Test
  void balance_plus_addsCountsAndKeepsTheGreatestCollected() {
    Balance sum = new Balance(10, 1, 2, 3, 1).plus(new Balance(8, 1, 1, 1, 0));

    assertThat(sum).isEqualTo(new Balance(10, 2, 3, 4, 1));
    assertThat(sum.unaccounted()).isZero();
    assertThat(new Balance(5, 1, 0, 0, 0).unaccounted()).isEqualTo(4);
  }

  @Test
  void balance_sums_stopAtTheEndsOfALong() {
    Balance most = new Balance(Long.MAX_VALUE, 0, Long.MAX_VALUE, 5, 0, 0, 7);

    Balance sum = most.plus(most).plus(Balance.ZERO.withLost(-5));

    assertThat(sum).isEqualTo(new Balance(Long.MAX_VALUE, 0, Long.MAX_VALUE, 5, 0, 0, 14));
    assertThat(sum.explained()).isEqualTo(Long.MAX_VALUE);
    assertThat(sum.unaccounted()).isZero();
    assertThat(Counts.minus(Long.MIN_VALUE, 1)).isEqualTo(Long.MIN_VALUE);
    assertThat(Counts.minus(5, Long.MIN_VALUE)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void laneRead_passed_needsSameLaneAndAtLeastTheSequence() {
    LaneRead read = new LaneRead(1, Lane.FRESH, 2, 10);

    assertThat(read.passed(new Receipt(1, Lane.FRESH, 2, 10))).isTrue();
    assertThat(read.passed(new Receipt(1, Lane.FRESH, 2, 11))).isFalse();
    assertThat(read.passed(new Receipt(1, Lane.FRESH, 1, 99))).isTrue();
    assertThat(read.passed(new Receipt(1, Lane.FRESH, 3, 1))).isFalse();
    assertThat(read.passed(new Receipt(1, Lane.BACKLOG, 2, 1))).isFalse();
    assertThat(read.passed(new Receipt(0, Lane.FRESH, 2, 1))).isFalse();
  }
}
