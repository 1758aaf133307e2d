package dev.sentinelj.core.ingest;

import java.util.Locale;

/**
 * Why a gateway does not take a batch or a session. The word is the reason code in answers,
 * counters and outputs.
 */
public enum Refusal {
  /** Header, body, envelope or attached sets are larger than the limit told at the handshake. */
  TOO_BIG(true),
  /** Header or envelope are not in their format. */
  MALFORMED(false),
  /** A layout newer or older than this build knows. */
  UNSUPPORTED_VERSION(true),
  UNKNOWN_AGENT(false),
  /** The agent was deleted: it keeps its log and stops trying. */
  DELETED_AGENT(false),
  /** No such key, or one that was rotated out longer ago than the grace period, or revoked. */
  UNKNOWN_KEY(false),
  /** A MAC or the body's hash does not hold. */
  BAD_MAC(false),
  /** Sent too long ago or too far in the future by the gateway's clock. */
  OUTSIDE_WINDOW(false),
  /** Least and greatest sample time lie more than three days apart. */
  TIME_SPAN(true),
  /** An attached series set is not the one its hash names, or not a set. */
  BAD_SET(false),
  /** The agent id of the call, the session or the certificate is another one than the batch's. */
  AGENT_MISMATCH(false);

  private final boolean permanent;

  Refusal(boolean permanent) {
    this.permanent = permanent;
  }

  /**
   * Whether the same bytes will be refused for ever, so that the agent must not send them again.
   */
  public boolean permanent() {
    return permanent;
  }

  /**
   * Whether it is decided only after the MACs held: then the answer can be signed, and the agent
   * may act on it. Before that an answer makes an agent back off and nothing else.
   */
  public boolean proved() {
    return switch (this) {
      case OUTSIDE_WINDOW, TIME_SPAN, BAD_SET -> true;
      case TOO_BIG,
          MALFORMED,
          UNSUPPORTED_VERSION,
          UNKNOWN_AGENT,
          DELETED_AGENT,
          UNKNOWN_KEY,
          BAD_MAC,
          AGENT_MISMATCH ->
          false;
    };
  }

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
