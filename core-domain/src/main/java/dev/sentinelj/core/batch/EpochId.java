package dev.sentinelj.core.batch;

import java.util.HexFormat;

/**
 * One life of an agent's log.
 *
 * @param epoch a random 64-bit number made with the log directory; any value, written as 16
 *     hexadecimal digits
 */
public record EpochId(AgentId agent, long epoch) {
  @Override
  public String toString() {
    return agent + "/" + hex(epoch);
  }

  /** 16 lower-case hexadecimal digits. */
  public static String hex(long epoch) {
    return HexFormat.of().toHexDigits(epoch);
  }
}
