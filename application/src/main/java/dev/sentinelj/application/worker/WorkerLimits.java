package dev.sentinelj.application.worker;

import java.time.Duration;

/**
 * What a strand may take. Memory is a function of these, not of the load.
 *
 * @param pullBytes bytes of messages in one transaction, beyond the first message; and of parked
 *     batches
 * @param pullMessages messages in one transaction
 * @param pullCells rows times series decoded for one transaction; a message beyond it is done batch
 *     by batch
 * @param seriesPerAgent series of one agent that are stored; what is above is counted as overflow
 * @param setSeries series of the resolved sets remembered per partition, all together; about 300
 *     bytes each
 * @param windows series of one partition with a window in memory
 * @param windowMillis span of those windows
 * @param retention how far before its arrival a sample may have been taken
 * @param parkedRetention how long a batch waits for its series set before it is kept aside
 */
public record WorkerLimits(
    long pullBytes,
    int pullMessages,
    long pullCells,
    int seriesPerAgent,
    int setSeries,
    int windows,
    long windowMillis,
    Duration retention,
    Duration parkedRetention) {
  private static final Duration PARKED_RETENTION = Duration.ofDays(7);

  public static final WorkerLimits DEFAULT =
      new WorkerLimits(
          4L << 20, 256, 250_000, 10_000, 100_000, 10_000, 300_000, Duration.ofDays(90));

  /** Limits with the usual wait for series sets. */
  public WorkerLimits(
      long pullBytes,
      int pullMessages,
      long pullCells,
      int seriesPerAgent,
      int setSeries,
      int windows,
      long windowMillis,
      Duration retention) {
    this(
        pullBytes,
        pullMessages,
        pullCells,
        seriesPerAgent,
        setSeries,
        windows,
        windowMillis,
        retention,
        PARKED_RETENTION);
  }
}
