package dev.sentinelj.application.agent;

import java.time.Duration;

/**
 * How fast the exporter goes and how long it waits.
 *
 * @param maxInFlight batches that may be sent without an answer
 * @param maxInFlightBytes the same in bytes of bodies
 * @param backlogPerPoll batches of the backlog that are sent per poll while newer ones go first
 * @param holdBack after connecting, what is older than the session waits this long for the
 *     database's word
 * @param answerWithin a session in which a batch or the handshake stays unanswered for so long is
 *     given up
 * @param resendAnyway a batch that was accepted so long ago and is not committed is sent again
 *     without other evidence
 * @param prefixLostAfter what the log has deleted and the database lacks for so long is said to be
 *     lost
 */
public record ExporterOptions(
    int maxInFlight,
    long maxInFlightBytes,
    int backlogPerPoll,
    Duration holdBack,
    Duration answerWithin,
    Duration resendAnyway,
    Duration prefixLostAfter) {
  public static final ExporterOptions DEFAULT =
      new ExporterOptions(
          64,
          4L << 20,
          64,
          Duration.ofSeconds(30),
          Duration.ofSeconds(60),
          Duration.ofHours(1),
          Duration.ofMinutes(10));
}
