package dev.sentinelj.application.simulation;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What a run, or many, came to. */
final class Tally {
  static final Tally NONE = new Tally(Map.of());

  /** These must be 0. */
  private static final List<Count> FAULTS =
      List.of(
          Count.LOST,
          Count.DOUBLED,
          Count.PHANTOM,
          Count.ALTERED,
          Count.UNACCOUNTED,
          Count.BACKLOG);

  private final Map<Count, Long> counts;

  private Tally(Map<Count, Long> counts) {
    this.counts = counts;
  }

  /** What is counted. */
  enum Count {
    RUNS,
    /** Batches whose append returned. */
    BATCHES,
    SAMPLES,
    /** Segments of logs that were deleted. */
    DELETED,
    /** Things that were made to go wrong. */
    EVENTS,
    /** Samples that are nowhere and that no loss record names. */
    LOST,
    /** Samples that are there more than once. */
    DOUBLED,
    /** Samples that nobody measured. */
    PHANTOM,
    /** Samples with another time or series than they were measured with. */
    ALTERED,
    /** What balances leave open, or count and do not have. */
    UNACCOUNTED,
    /** Runs in which something was still on its way at the end. */
    BACKLOG,
    /** Samples that are nowhere and that a loss record names. */
    RECORDED,
    /** Samples whose only disk was set back before anybody else had them. */
    GONE,
    /** Epochs and batches left open: nobody can tell any more which of two twins lost what. */
    OPEN
  }

  static Tally of(Count what, long number) {
    return new Tally(Map.of(what, number));
  }

  /** A run that broke a promise before everything could be counted. */
  static Tally failed(Broken.Promise promise) {
    Tally run = of(Count.RUNS, 1);
    return switch (promise) {
      case NOTHING_DOUBLED -> run.plus(of(Count.DOUBLED, 1));
      case NOTHING_INVENTED -> run.plus(of(Count.PHANTOM, 1));
      case NOTHING_ALTERED -> run.plus(of(Count.ALTERED, 1));
      case NOTHING_LOST, NOTHING_GIVEN_UP, DELETED_IS_COMMITTED, POSITIONS_SKIP_NOTHING ->
          run.plus(of(Count.LOST, 1));
      case EVERYTHING_ACCOUNTED_FOR -> run.plus(of(Count.UNACCOUNTED, 1));
      case IT_DRAINS -> run.plus(of(Count.BACKLOG, 1));
      default -> run;
    };
  }

  long get(Count what) {
    return counts.getOrDefault(what, 0L);
  }

  Tally plus(Tally other) {
    Map<Count, Long> sum = new EnumMap<>(Count.class);
    sum.putAll(counts);
    other.counts.forEach((what, number) -> sum.merge(what, number, Long::sum));
    return new Tally(sum);
  }

  /** Those that must be 0. */
  String verdict() {
    return FAULTS.stream()
        .map(what -> "%s %,d".formatted(what.name().toLowerCase(Locale.ROOT), get(what)))
        .collect(Collectors.joining(", "));
  }

  /** All counts, for {@link #parse}. */
  String toText() {
    return counts.entrySet().stream()
        .map(one -> one.getKey() + ":" + one.getValue())
        .collect(Collectors.joining(" "));
  }

  static Tally parse(String text) {
    return Arrays.stream(text.split(" "))
        .map(one -> one.split(":", 2))
        .map(pair -> of(Count.valueOf(pair[0]), Long.parseLong(pair[1])))
        .reduce(NONE, Tally::plus);
  }

  boolean clean() {
    return FAULTS.stream().allMatch(what -> get(what) == 0);
  }
}
