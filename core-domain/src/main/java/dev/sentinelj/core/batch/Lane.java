package dev.sentinelj.core.batch;

/**
 * The two queues of a partition: what is new, and what comes late. Only the fresh one is evaluated.
 */
public enum Lane {
  FRESH(0),
  BACKLOG(1);

  /** A batch whose newest sample is older than this when it is sent goes to the backlog. */
  public static final long BACKLOG_AFTER_MILLIS = 60_000;

  private final int code;

  Lane(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }

  /** Both times by the agent's clock, so that a wrong one cancels out. */
  public static Lane of(long sentAtMillis, long greatestTimeMillis) {
    return greatestTimeMillis < sentAtMillis - BACKLOG_AFTER_MILLIS ? BACKLOG : FRESH;
  }

  /**
   * @throws IllegalArgumentException when no lane has this number
   */
  public static Lane ofCode(int code) {
    return switch (code) {
      case 0 -> FRESH;
      case 1 -> BACKLOG;
      default -> throw new IllegalArgumentException("unknown lane " + code);
    };
  }
}
