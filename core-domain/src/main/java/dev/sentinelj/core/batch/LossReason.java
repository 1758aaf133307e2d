package dev.sentinelj.core.batch;

import java.util.Locale;

/** Why samples that were collected will never be stored. */
public enum LossReason {
  /** Damaged on the agent's disk after they were durable. */
  CORRUPT(1),
  /**
   * Deleted from the log on purpose: given up for space by the policy {@code drop-oldest}, or after
   * it was committed to a database that has lost it since.
   */
  DROPPED(2),
  /** Refused for good by the gateway; the bytes are in the agent's quarantine. */
  REFUSED(3),
  /** A sequence number whose append never returned: no sample was promised. */
  TORN(4),
  /**
   * Gone with a database that was set back, after the log that could have sent it again was carried
   * over and deleted. The store finds this out by itself; no agent says it.
   */
  VANISHED(0);

  private final int code;

  LossReason(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }

  /** The word in the database and in every output. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * @throws IllegalArgumentException when no reason that an agent may give has this number
   */
  public static LossReason ofCode(int code) {
    for (LossReason reason : values()) {
      if (reason.code == code && reason != VANISHED) {
        return reason;
      }
    }
    throw new IllegalArgumentException("unknown loss reason " + code);
  }
}
