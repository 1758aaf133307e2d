package dev.sentinelj.ports.driven;

import java.util.List;

/**
 * The logs of one agent: the one that takes new batches, and those whose epoch was given up and
 * whose content is being carried over. One owner; what is said of {@link BatchLog} holds for each.
 *
 * <p>Batches of the kinds copy and moved find room in the current log, as loss records do: carrying
 * over never waits for room that only its end makes.
 */
public interface BatchLogs {
  /** Where new batches go. */
  BatchLog current();

  /**
   * Logs that are not retired yet, oldest first; nothing is appended to them any more. After a
   * restart they are the same, so an interrupted copy can go on.
   */
  List<BatchLog> formers();

  /**
   * Makes a new log with a new random epoch. It is {@link #current()} on return, also after a
   * crash; the one before becomes the last of {@link #formers()}.
   *
   * @throws dev.sentinelj.ports.PortUnavailableException when it could not be made; nothing changed
   */
  BatchLog succeed();

  /**
   * Deletes a former log with everything in it.
   *
   * @throws IllegalArgumentException when {@code former} is not one of {@link #formers()}
   * @throws dev.sentinelj.ports.PortUnavailableException when it could not be deleted; it may be
   *     gone after a restart all the same
   */
  void retire(BatchLog former);
}
