package dev.sentinelj.application.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.application.agent.CollectorSchedule.Counts;
import dev.sentinelj.application.agent.CollectorSchedule.Timing;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.driven.MetricSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CollectorScheduleTest {
  private final MetricSource cpu = new Named("cpu");
  private final MetricSource disk = new Named("disk");
  private final Now start = new Now(0, Long.MAX_VALUE - 5_000_000_000L);
  private final CollectorSchedule schedule =
      new CollectorSchedule(List.of(cpu, disk), Timing.DEFAULT, new SplittableRandom(3), start);

  private record Named(String name) implements MetricSource {
    @Override
    public Reading read(long nowMillis) {
      throw new UnsupportedOperationException("the schedule reads nothing");
    }
  }

  private List<Long> startsOf(MetricSource source, long untilMillis) {
    List<Long> starts = new ArrayList<>();
    for (long at = 0; at < untilMillis; at += 10) {
      List<MetricSource> due = schedule.poll(start.plusMillis(at));
      due.forEach(schedule::finished);
      if (due.contains(source)) {
        starts.add(at);
      }
    }
    return starts;
  }

  @Test
  void source_isDueOncePerIntervalWithinTheJitter() {
    List<Long> starts = startsOf(cpu, 100_000);

    assertThat(starts).hasSize(10);
    for (int i = 0; i < starts.size(); i++) {
      assertThat(starts.get(i) - 10_000L * i).isBetween(0L, 1_010L);
    }
    assertThat(starts.stream().map(at -> at % 10_000).distinct().count()).isGreaterThan(5);
  }

  @Test
  void slowSource_delaysNoOther() {
    schedule.poll(start.plusMillis(1_000));
    schedule.finished(disk);

    assertThat(schedule.poll(start.plusMillis(11_000))).containsExactly(disk);
  }

  @Test
  void failingSource_isDueAgainNextInterval() {
    schedule.poll(start.plusMillis(1_000));
    schedule.failed(cpu);
    schedule.finished(disk);

    assertThat(schedule.poll(start.plusMillis(11_000))).containsExactly(cpu, disk);
    assertThat(schedule.counts().getFirst()).isEqualTo(new Counts("cpu", 2, 1, 0, 0));
  }

  @Test
  void missedIntervals_areSkippedNotQueued() {
    schedule.poll(start.plusMillis(1_000)).forEach(schedule::finished);

    assertThat(schedule.poll(start.plusMillis(61_000))).containsExactly(cpu, disk);
    schedule.finished(cpu);
    schedule.finished(disk);
    assertThat(schedule.poll(start.plusMillis(61_100))).isEmpty();
    assertThat(schedule.counts().getFirst()).isEqualTo(new Counts("cpu", 2, 0, 0, 5));
  }

  @Test
  void hangingSource_skipsItsIntervals() {
    schedule.poll(start.plusMillis(1_000));
    schedule.poll(start.plusMillis(11_000));
    schedule.poll(start.plusMillis(21_000));

    assertThat(schedule.counts().getFirst()).isEqualTo(new Counts("cpu", 1, 0, 0, 2));
  }

  @Test
  void overdue_namesASourceOnceAtItsDeadline() {
    schedule.poll(start.plusMillis(1_000));
    schedule.finished(disk);

    assertThat(schedule.overdue(start.plusMillis(5_999))).isEmpty();
    assertThat(schedule.overdue(start.plusMillis(6_000))).containsExactly(cpu);
    assertThat(schedule.overdue(start.plusMillis(6_001))).isEmpty();
    assertThat(schedule.counts().getFirst().timeouts()).isEqualTo(1);
  }

  @Test
  void wallClock_isNotLookedAt() {
    schedule.poll(start.plusMillis(1_000)).forEach(schedule::finished);
    long monotonic = start.plusMillis(2_000).monotonicNanos();

    assertThat(schedule.poll(new Now(9_999_999_999_999L, monotonic))).isEmpty();
  }
}
