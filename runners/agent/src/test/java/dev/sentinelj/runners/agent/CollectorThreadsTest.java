package dev.sentinelj.runners.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.application.agent.CollectorSchedule;
import dev.sentinelj.application.agent.CollectorSchedule.Counts;
import dev.sentinelj.application.agent.CollectorSchedule.Timing;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.driven.MetricSource;
import dev.sentinelj.testkit.TestBatches;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CollectorThreadsTest {
  private static final Now START = new Now(1_800_000_000_000L, 5_000_000_000L);

  private final List<MetricSource.Reading> taken = new ArrayList<>();
  private final CollectorSchedule schedule =
      new CollectorSchedule(
          List.of(new Constant("cpu"), new Constant("disk")),
          Timing.DEFAULT,
          new SplittableRandom(3),
          START);
  private final CollectorThreads threads =
      new CollectorThreads(
          schedule, () -> true, (reading, _) -> taken.add(reading), Runnable::run, this::start);
  private int refused;

  @Test
  void poll_whenNoThreadCanBeStarted_triesAgainWhenTheSourceIsDueNext() {
    refused = 2;
    threads.poll(START.plusMillis(2_000));
    assertThat(taken).isEmpty();
    assertThat(schedule.counts()).extracting(Counts::failures).containsExactly(1L, 1L);

    threads.poll(START.plusMillis(12_000));

    assertThat(taken).hasSize(2);
    assertThat(schedule.counts()).extracting(Counts::reads).containsExactly(2L, 2L);
  }

  @Test
  void poll_whenOneThreadCannotBeStarted_readsTheSourceBehindIt() {
    refused = 1;
    threads.poll(START.plusMillis(2_000));

    assertThat(taken).hasSize(1);
    assertThat(schedule.counts()).extracting(Counts::failures).containsExactly(1L, 0L);
  }

  /** Runs at once what a thread would run. */
  private Thread start(String name, Runnable task) {
    if (refused > 0) {
      refused--;
      throw new OutOfMemoryError("unable to create native thread");
    }
    task.run();
    return Thread.ofPlatform().name(name).unstarted(task);
  }

  private record Constant(String name) implements MetricSource {
    @Override
    public Reading read(long nowMillis) {
      return new Reading(TestBatches.set("one"), TestBatches.columns(1, 1, nowMillis, 1));
    }
  }
}
