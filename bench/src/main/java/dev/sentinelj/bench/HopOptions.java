package dev.sentinelj.bench;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a benchmark of one hop does.
 *
 * @param agents simulated agents
 * @param series of each, and samples of a batch
 * @param seconds of processor time measured
 */
record HopOptions(int agents, int series, int seconds) {
  private static final int USAGE = 2;

  HopOptions {
    within("--agents", agents, 10_000);
    within("--series", series, 10_000);
    within("--seconds", seconds, 3_600);
  }

  private static void within(String name, int value, int most) {
    if (value < 1 || value > most) {
      throw new IllegalArgumentException(name + " takes 1 to " + most + ", not " + value);
    }
  }

  /** Ends the process with a line for the user when {@code args} make no sense. */
  static HopOptions parse(String bench, String[] args, HopOptions usual) {
    try {
      return parse(args, usual);
    } catch (IllegalArgumentException e) { // a number that is none has a message too
      System.err.println("bench: " + bench + ": " + e.getMessage());
      System.exit(USAGE);
      return usual;
    }
  }

  private static HopOptions parse(String[] args, HopOptions usual) {
    Map<String, Integer> values = new LinkedHashMap<>();
    values.put("--agents", usual.agents);
    values.put("--series", usual.series);
    values.put("--seconds", usual.seconds);
    for (int i = 0; i < args.length; i += 2) {
      if (!values.containsKey(args[i]) || i + 1 == args.length) {
        throw new IllegalArgumentException(
            "options are --agents N --series N --seconds N, not " + args[i]);
      }
      values.put(args[i], Integer.valueOf(args[i + 1]));
    }
    return new HopOptions(
        values.getOrDefault("--agents", 0),
        values.getOrDefault("--series", 0),
        values.getOrDefault("--seconds", 0));
  }
}
