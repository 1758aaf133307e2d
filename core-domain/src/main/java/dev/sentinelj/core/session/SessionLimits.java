package dev.sentinelj.core.session;

/**
 * What a gateway tells an agent at the handshake.
 *
 * @param maxBatchBytes greatest sum of header, envelope, body and attached sets it takes
 * @param heartbeatMillis how often it wants to hear from the agent
 */
public record SessionLimits(long maxBatchBytes, long heartbeatMillis) {
  public static final SessionLimits DEFAULT = new SessionLimits(2L << 20, 10_000);
}
