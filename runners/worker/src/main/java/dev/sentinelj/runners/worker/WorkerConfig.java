package dev.sentinelj.runners.worker;

/**
 * How a worker is set up.
 *
 * @param name tells this worker from all others, over all machines and restarts
 * @param strands 1 or more
 */
public record WorkerConfig(String name, int strands) {
  public WorkerConfig {
    if (strands < 1) {
      throw new IllegalArgumentException("a worker has at least one strand, not " + strands);
    }
  }
}
