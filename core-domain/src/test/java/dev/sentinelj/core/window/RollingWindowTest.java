package dev.sentinelj.core.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RollingWindowTest {
  private static final long T0 = 1_700_000_000_000L;
  private static final long SPAN = 64_000;
  private static final long BUCKET = 1_000;

  private final RollingWindow window = new RollingWindow(SPAN);

  @Test
  void statsAt_nothingAdded_isEmpty() {
    assertThat(window.statsAt(T0)).isEqualTo(WindowStats.EMPTY);
  }

  @Test
  void statsAt_samplesInside_countsThemAll() {
    window.add(T0, 2);
    window.add(T0 + 10_000, -4);
    window.add(T0 + 20_000, 8);

    assertThat(window.statsAt(T0 + 20_000)).isEqualTo(new WindowStats(3, -4, 8, 2, 8, 6));
  }

  @Test
  void statsAt_sampleOneBucketInsideAndAtTheSpan_isInAndOut() {
    window.add(T0, 1);

    assertThat(window.statsAt(T0 + SPAN - BUCKET).count()).isEqualTo(1);
    assertThat(window.statsAt(T0 + SPAN)).isEqualTo(WindowStats.EMPTY);
  }

  @Test
  void statsAt_beforeTheNewestSample_doesNotMoveBack() {
    window.add(T0, 1);
    window.add(T0 + SPAN, 2);

    assertThat(window.statsAt(T0)).isEqualTo(new WindowStats(1, 2, 2, 2, 2, 2));
  }

  @Test
  void statsAt_longAfterTheNewestSample_isEmpty() {
    window.add(T0, 1);

    assertThat(window.statsAt(T0 + 1_000 * SPAN)).isEqualTo(WindowStats.EMPTY);
  }

  @Test
  void add_lateButCovered_entersAndIsNotLast() {
    window.add(T0, 1);

    boolean entered = window.add(T0 - SPAN + BUCKET, 9);

    assertThat(entered).isTrue();
    assertThat(window.statsAt(T0)).isEqualTo(new WindowStats(2, 1, 9, 5, 1, 10));
  }

  @Test
  void add_olderThanTheWindow_isIgnored() {
    window.add(T0, 1);

    boolean entered = window.add(T0 - SPAN, 9);

    assertThat(entered).isFalse();
    assertThat(window.statsAt(T0).count()).isEqualTo(1);
  }

  @Test
  void add_equalTimes_lastIsTheLaterAdded() {
    window.add(T0, 1);
    window.add(T0, 2);
    window.add(T0 - 1, 3);

    assertThat(window.statsAt(T0).last()).isEqualTo(2);
  }

  @Test
  void add_nanOrInfinity_doesNotEnter() {
    assertThat(window.add(T0, Double.NaN)).isFalse();
    assertThat(window.add(T0, Double.POSITIVE_INFINITY)).isFalse();
    assertThat(window.statsAt(T0)).isEqualTo(WindowStats.EMPTY);
  }

  @Test
  void add_timesBeforeTheEpoch_work() {
    window.add(-1, 5);
    window.add(0, 7);

    assertThat(window.statsAt(0)).isEqualTo(new WindowStats(2, 5, 7, 6, 7, 12));
  }

  @Test
  void copy_thenAddToOne_leavesTheOther() {
    window.add(T0, 1);
    WindowStats before = window.statsAt(T0);

    RollingWindow staged = window.copy();
    staged.add(T0 + 1, 2);
    staged.add(T0 + SPAN, 3);

    assertThat(window.statsAt(T0)).isEqualTo(before);
    assertThat(staged.statsAt(T0)).isEqualTo(new WindowStats(1, 3, 3, 3, 3, 3));
  }

  @Test
  void statsAt_hugeValueThatLeft_leavesNoRoundingError() {
    window.add(T0, 1e300);
    window.add(T0 + SPAN, 0.1);

    assertThat(window.statsAt(T0 + SPAN).sum()).isEqualTo(0.1);
  }

  @Test
  void statsAt_randomSamples_equalsANaiveModel() {
    SplittableRandom seeds = new SplittableRandom(11);
    for (int run = 0; run < 300; run++) {
      long seed = seeds.nextLong();
      SplittableRandom random = new SplittableRandom(seed);
      long span = 1 + random.nextLong(200);
      RollingWindow tested = new RollingWindow(span);
      Naive naive = new Naive(span);
      long time = T0;
      for (int i = 0; i < 200; i++) {
        time += random.nextInt(4);
        long at = time - random.nextLong(span * 2);
        double value = random.nextInt(1_000);
        assertThat(tested.add(at, value)).as("seed %d", seed).isEqualTo(naive.add(at, value));
        long now = time + random.nextLong(span);
        assertThat(tested.statsAt(now)).as("seed %d", seed).isEqualTo(naive.statsAt(now));
      }
    }
  }

  @Test
  void add_aMillionSamples_allocatesNothing() {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    addSamples(T0, 10_000);

    long before = threads.getCurrentThreadAllocatedBytes();
    addSamples(T0 + SPAN, 1_000_000);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;

    assertThat(allocated).isLessThan(10_000);
  }

  @Test
  void new_spanZero_throws() {
    assertThatIllegalArgumentException().isThrownBy(() -> new RollingWindow(0));
  }

  private void addSamples(long from, int count) {
    for (int i = 0; i < count; i++) {
      window.add(from + i, i);
    }
  }

  /** Keeps every sample; whole numbers, so that the order of addition does not matter. */
  private static final class Naive {
    private final long bucket;
    private final long buckets;
    private final List<double[]> samples = new ArrayList<>();
    private long newest = Long.MIN_VALUE;

    Naive(long span) {
      this.bucket = (span + 63) / 64;
      this.buckets = span / bucket;
    }

    boolean add(long time, double value) {
      long number = Math.floorDiv(time, bucket);
      if (newest != Long.MIN_VALUE && number <= newest - buckets) {
        return false;
      }
      newest = Math.max(newest, number);
      samples.add(new double[] {time, value});
      return true;
    }

    WindowStats statsAt(long now) {
      long end = Math.max(newest, Math.floorDiv(now, bucket));
      double sum = 0;
      long count = 0;
      double min = Double.POSITIVE_INFINITY;
      double max = Double.NEGATIVE_INFINITY;
      double lastTime = Double.NEGATIVE_INFINITY;
      double last = 0;
      for (double[] sample : samples) {
        if (Math.floorDiv((long) sample[0], bucket) > end - buckets) {
          count++;
          sum += sample[1];
          min = Math.min(min, sample[1]);
          max = Math.max(max, sample[1]);
          if (sample[0] >= lastTime) {
            lastTime = sample[0];
            last = sample[1];
          }
        }
      }
      return count == 0
          ? WindowStats.EMPTY
          : new WindowStats(count, min, max, sum / count, last, sum);
    }
  }
}
