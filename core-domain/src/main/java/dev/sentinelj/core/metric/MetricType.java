package dev.sentinelj.core.metric;

/** How the values of a series behave. A histogram is stored as several series (see design). */
public enum MetricType {
  /** A value that goes up and down. */
  GAUGE(1),
  /** A running total that only grows, until it starts again from zero. */
  COUNTER(2),
  /** Counts of observations in buckets with cumulative upper bounds. */
  HISTOGRAM(3);

  private final int code;

  MetricType(int code) {
    this.code = code;
  }

  /** The number of this type in every format, equal to the number in the protocol. */
  public int code() {
    return code;
  }

  /**
   * @throws IllegalArgumentException when no type has this number
   */
  public static MetricType ofCode(int code) {
    for (MetricType type : values()) {
      if (type.code == code) {
        return type;
      }
    }
    throw new IllegalArgumentException("unknown metric type " + code);
  }
}
