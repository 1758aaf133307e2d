package dev.sentinelj.application.simulation;

import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * One run, spelled out: the seed gives every small chance in it, options how many of everything
 * there are and how often calls fail, and the events what goes wrong when.
 */
record Scenario(long seed, Options options, List<Event> events) {
  Scenario {
    events = List.copyOf(events);
  }

  static Scenario of(long seed, Options options, List<Event> events) {
    return new Scenario(seed, options, events);
  }

  /** The scenario that follows from a seed alone. */
  static Scenario drawn(long seed) {
    RandomGenerator random = new SplittableRandom(~seed);
    Options options = Options.drawn(random);
    List<Event> events =
        IntStream.range(0, options.count(Option.EVENTS))
            .mapToObj(_ -> Event.drawn(random, options.get(Option.FAULTS_MILLIS)))
            .sorted(Comparator.comparingLong(Event::atMillis))
            .toList();
    return new Scenario(seed, options, events);
  }

  /**
   * @throws Broken when a promise was
   */
  Tally run(Sabotage bug) {
    return Plant.run(this, bug);
  }

  Scenario with(List<Event> others) {
    return new Scenario(seed, options, others);
  }

  Scenario with(Options others) {
    return new Scenario(seed, others, events);
  }

  /** A test that runs it, to be kept. */
  String toJava() {
    String list =
        events.stream().map(Event::toString).collect(Collectors.joining(",\n            "));
    return """
      @Test
      void seed%d() {
        Scenario.of(
            %dL,
            %s,
            List.of(
                %s))
            .run(Sabotage.NONE);
      }
    """
        .formatted(Math.abs(seed), seed, options, list);
  }
}
