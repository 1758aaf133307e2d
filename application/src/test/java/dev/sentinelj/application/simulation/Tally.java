package dev.sentinelj.application.simulation;

import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * What a run, or many, came to.
 *
 * @param runs how many
 * @param batches whose append returned
 * @param samples in them
 * @param deleted segments of logs
 * @param events things that were made to go wrong
 * @param lost samples that are nowhere and that no loss record names
 * @param doubled samples that are there more than once
 * @param phantom samples that nobody measured
 * @param altered samples with another time or series than they were measured with
 * @param unaccounted what balances leave open, or count and do not have
 * @param recorded samples that are nowhere and that a loss record names
 * @param gone samples whose only disk was set back before anybody else had them
 */
record Tally(
    long runs,
    long batches,
    long samples,
    long deleted,
    long events,
    long lost,
    long doubled,
    long phantom,
    long altered,
    long unaccounted,
    long recorded,
    long gone) {
  static final Tally NONE = new Tally(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  /** A run that broke a promise before everything could be counted. */
  static Tally failed(Broken.Promise promise) {
    return switch (promise) {
      case NOTHING_DOUBLED -> new Tally(1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0);
      case NOTHING_INVENTED -> new Tally(1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0);
      case NOTHING_ALTERED -> new Tally(1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0);
      case NOTHING_LOST, NOTHING_GIVEN_UP, DELETED_IS_COMMITTED, POSITIONS_SKIP_NOTHING ->
          new Tally(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0);
      case EVERYTHING_ACCOUNTED_FOR -> new Tally(1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0);
      default -> new Tally(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    };
  }

  Tally plus(Tally other) {
    return new Tally(
        runs + other.runs,
        batches + other.batches,
        samples + other.samples,
        deleted + other.deleted,
        events + other.events,
        lost + other.lost,
        doubled + other.doubled,
        phantom + other.phantom,
        altered + other.altered,
        unaccounted + other.unaccounted,
        recorded + other.recorded,
        gone + other.gone);
  }

  /** The five that must be 0. */
  String verdict() {
    return "lost %,d, doubled %,d, phantom %,d, altered %,d, unaccounted %,d"
        .formatted(lost, doubled, phantom, altered, unaccounted);
  }

  /** All counts, for {@link #parse}. */
  String toText() {
    return LongStream.of(
            runs,
            batches,
            samples,
            deleted,
            events,
            lost,
            doubled,
            phantom,
            altered,
            unaccounted,
            recorded,
            gone)
        .mapToObj(Long::toString)
        .collect(Collectors.joining(" "));
  }

  static Tally parse(String text) {
    long[] n = Arrays.stream(text.split(" ")).mapToLong(Long::parseLong).toArray();
    return new Tally(n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8], n[9], n[10], n[11]);
  }

  boolean clean() {
    return lost == 0 && doubled == 0 && phantom == 0 && altered == 0 && unaccounted == 0;
  }
}
