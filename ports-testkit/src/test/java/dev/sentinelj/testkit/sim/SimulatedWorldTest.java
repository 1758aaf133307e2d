package dev.sentinelj.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sentinelj.testkit.ManualClock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SimulatedWorldTest {
  private final SimulatedWorld world = new SimulatedWorld(1);
  private final List<Object> happened = new ArrayList<>();

  @Test
  void run_executesInOrderOfTimeThenOfScheduling() {
    world.events().schedule(5, () -> happened.add("second"));
    world.events().schedule(5, () -> happened.add("third"));
    world.events().schedule(1, () -> happened.add("first"));
    world.events().schedule(6, () -> happened.add("too late"));

    world.run(5);

    assertThat(happened).containsExactly("first", "second", "third");
  }

  @Test
  void run_movesTheClockToEachEventAndToTheEnd() {
    world.events().schedule(7, () -> happened.add(world.now().wallMillis()));

    world.run(100);

    assertThat(happened).containsExactly(ManualClock.START_MILLIS + 7);
    assertThat(world.now().wallMillis()).isEqualTo(ManualClock.START_MILLIS + 100);
    assertThat(world.now().monotonicNanos()).isEqualTo(100_000_000);
  }

  @Test
  void run_includesWhatComesUpMeanwhile() {
    world.events().schedule(1, () -> world.events().schedule(1, () -> happened.add("nested")));

    world.run(2);

    assertThat(happened).containsExactly("nested");
  }

  @Test
  void process_killed_runsNothingMore() {
    SimulatedProcess process = world.process("worker");
    process.every(10, () -> happened.add("tick"));
    process.execute(() -> happened.add("task"));
    world.run(25);

    process.kill();
    process.execute(() -> happened.add("after death"));
    world.run(100);

    assertThat(happened).containsExactlyInAnyOrder("task", "tick", "tick");
  }

  @Test
  void process_hasClocksOfItsOwn() {
    world.run(50);
    SimulatedProcess process = world.process("agent");
    process.setWallOffset(-3_000);

    world.run(10);

    assertThat(process.now().wallMillis()).isEqualTo(ManualClock.START_MILLIS + 60 - 3_000);
    assertThat(process.now().monotonicNanos()).isEqualTo(10_000_000);
  }

  @Test
  void execute_mayOvertake_andInOrderNever() {
    SimulatedProcess process = world.process("worker");
    List<Integer> overtaking = new ArrayList<>();
    List<Integer> ordered = new ArrayList<>();
    Executor inOrder = process.inOrder();
    for (int i = 0; i < 50; i++) {
      int number = i;
      process.execute(() -> overtaking.add(number));
      inOrder.execute(() -> ordered.add(number));
    }

    world.run(1_000);

    List<Integer> sorted = IntStream.range(0, 50).boxed().toList();
    assertThat(ordered).isEqualTo(sorted);
    assertThat(overtaking).containsExactlyInAnyOrderElementsOf(sorted).isNotEqualTo(sorted);
  }

  @Test
  void oneSeed_isOneRun() {
    assertThat(draws(7)).isEqualTo(draws(7)).isNotEqualTo(draws(8));
  }

  private static List<Long> draws(long seed) {
    SimulatedWorld world = new SimulatedWorld(seed);
    List<Long> times = new ArrayList<>();
    SimulatedProcess process = world.process("worker");
    for (int i = 0; i < 20; i++) {
      process.execute(() -> times.add(world.events().elapsedMillis()));
    }
    world.run(100);
    return times;
  }

  @Test
  void failure_namesSeedTimeAndTrace() {
    assertThatThrownBy(() ->
            SimulatedWorld.forSeeds(
                40,
                5,
                one -> {
                  one.run(1_234);
                  one.trace("something odd");
                  assertThat(one.seed()).isLessThan(42);
                }))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("seed 42")
        .hasMessageContaining("1,234 ms")
        .hasMessageContaining("something odd");
  }

  @Test
  void trace_keepsTheLastEvents() {
    assertThatThrownBy(() ->
            SimulatedWorld.forSeeds(
                1,
                1,
                one -> {
                  IntStream.rangeClosed(1, 201).forEach(i -> one.trace("event <" + i + ">"));
                  throw new IllegalStateException("the end");
                }))
        .hasMessageContaining("<2>")
        .hasMessageContaining("<201>")
        .hasMessageNotContaining("<1>");
  }
}
