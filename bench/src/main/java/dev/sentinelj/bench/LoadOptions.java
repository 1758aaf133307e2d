package dev.sentinelj.bench;

import java.util.HashMap;
import java.util.Map;

/**
 * What {@code embedded} does.
 *
 * @param agents simulated agents, 1 to {@value #MAX_AGENTS}
 * @param series of each agent
 * @param rows time stamps per batch, so that a batch has {@code series * rows} samples
 * @param seconds measured
 * @param warmup seconds before that
 */
record LoadOptions(int agents, int series, int rows, int seconds, int warmup) {
  /** The gateway serves 1,000 connections, and the agent of this machine has one of them. */
  static final int MAX_AGENTS = 999;

  /** Samples of all agents together that may be sent and not yet committed. */
  private static final long MAX_UNCOMMITTED = 2_000_000;

  /** Below what one stream may have unanswered. */
  private static final int MAX_WINDOW = 60;

  LoadOptions {
    within("--agents", agents, MAX_AGENTS);
    within("--series", series, 10_000);
    within("--rows", rows, 10_000);
    within("--seconds", seconds, 3_600);
    within("--warmup", warmup, 3_600);
  }

  private static void within(String name, int value, int most) {
    if (value < 1 || value > most) {
      throw new IllegalArgumentException(name + " takes 1 to " + most + ", not " + value);
    }
  }

  /**
   * @throws IllegalArgumentException with a line for the user
   */
  static LoadOptions parse(String[] args) {
    Map<String, Integer> values =
        new HashMap<>(
            Map.of(
                "--agents",
                MAX_AGENTS,
                "--series",
                100,
                "--rows",
                10,
                "--seconds",
                60,
                "--warmup",
                20));
    for (int i = 0; i < args.length; i += 2) {
      if (!values.containsKey(args[i]) || i + 1 == args.length) {
        throw new IllegalArgumentException(
            "options are --agents N --series N --rows N --seconds N --warmup N, not " + args[i]);
      }
      values.put(args[i], Integer.valueOf(args[i + 1]));
    }
    return new LoadOptions(
        values.getOrDefault("--agents", 0),
        values.getOrDefault("--series", 0),
        values.getOrDefault("--rows", 0),
        values.getOrDefault("--seconds", 0),
        values.getOrDefault("--warmup", 0));
  }

  int samplesPerBatch() {
    return series * rows;
  }

  /** Batches an agent may have sent and not yet seen committed. */
  int window() {
    long share = MAX_UNCOMMITTED / ((long) agents * samplesPerBatch());
    return Math.clamp(share, 2, MAX_WINDOW);
  }
}
