package dev.sentinelj.application.agent;

import java.util.random.RandomGenerator;

/**
 * How long to wait before the next try: evenly spread between the floor and a bound that doubles
 * with each failure ("full jitter", Brooker, AWS Architecture Blog 2015), so that a fleet that lost
 * its gateway at one instant does not come back at one instant.
 *
 * @param floorMillis least wait
 * @param baseMillis bound after the first failure
 * @param capMillis greatest bound
 */
record Backoff(long floorMillis, long baseMillis, long capMillis) {

  private static final int MAX_DOUBLINGS = 20;

  /**
   * @param failures how many tries failed in a row, at least 1
   */
  long millis(int failures, RandomGenerator random) {
    long bound = Math.min(capMillis, baseMillis << Math.min(failures - 1, MAX_DOUBLINGS));
    return floorMillis + random.nextLong(Math.max(1, bound - floorMillis + 1));
  }
}
