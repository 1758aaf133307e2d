package dev.sentinelj.application.simulation;

import java.util.random.RandomGenerator;

/** What a scenario may vary besides its events, each with the value that makes a run simplest. */
enum Option {
  AGENTS(1, 1, 3),
  GATEWAYS(1, 1, 2),
  WORKERS(1, 1, 3),
  PARTITIONS(1, 1, 3),

  /** How long things fail, and how often something new does. */
  FAULTS_MILLIS(15_000, 8_000, 24_000),
  EVENTS(0, 0, 22),

  /** Series sets of each agent, and samples that are no number, of a thousand. */
  SOURCES(1, 1, 2),
  NANS(0, 0, 30),
  READ_MILLIS(1_000, 500, 2_000),
  BATCH_SAMPLES(50, 4, 50),
  BATCH_MILLIS(2_000, 500, 3_000),
  SEGMENT_BYTES(700, 300, 2_500),
  SYNC_MILLIS(35, 1, 200),

  /** Of a thousand messages between agent and gateway. */
  MESSAGES_LOST(0, 0, 30),
  MESSAGES_REPEATED(0, 0, 60),
  NETWORK_MILLIS(20, 1, 250),

  /** Of a thousand calls. */
  DATABASE_ROLLBACKS(0, 0, 50),
  DATABASE_ANSWERS_LOST(0, 0, 50),
  BUS_REFUSALS(0, 0, 30),
  BUS_ANSWERS_LOST(0, 0, 30),
  DISK_REFUSALS(0, 0, 30),

  /** Of a thousand frames, those in which a gateway's memory flips a bit of a body. */
  BODIES_DAMAGED(0, 0, 20),

  IN_FLIGHT(8, 1, 16),
  BACKLOG_PER_POLL(4, 1, 8),
  HOLD_BACK_MILLIS(3_000, 500, 6_000),
  RESEND_ANYWAY_MILLIS(3_600_000, 3_600_000, 3_600_000),
  PULL_MESSAGES(16, 1, 16),
  PULL_CELLS(10_000, 20, 10_000),
  SERIES_BUDGET(100, 3, 12),
  WORKER_POLL_MILLIS(50, 20, 200);

  private final long plain;
  private final long least;
  private final long greatest;

  Option(long plain, long least, long greatest) {
    this.plain = plain;
    this.least = least;
    this.greatest = greatest;
  }

  long plain() {
    return plain;
  }

  /** Plain in one of four, so that many runs are simple in some way. */
  long draw(RandomGenerator random) {
    return random.nextInt(4) == 0 ? plain : random.nextLong(least, greatest + 1);
  }
}
