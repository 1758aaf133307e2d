package dev.sentinelj.core.batch;

/** What the body of a batch says. */
public enum BatchKind {
  /** Samples. */
  DATA(1),
  /** Sequence numbers whose samples are gone, with the reason: a {@link LossRecord}. */
  LOSS(2),
  /** What became of an epoch that was closed: a {@link MovedRecord}. */
  MOVED(3),
  /** A batch of an epoch that was closed, carried over whole: a {@link CopiedBatch}. */
  COPY(4);

  private final int code;

  BatchKind(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }

  /**
   * @throws IllegalArgumentException when no kind has this number
   */
  public static BatchKind ofCode(int code) {
    for (BatchKind kind : values()) {
      if (kind.code == code) {
        return kind;
      }
    }
    throw new IllegalArgumentException("unknown batch kind " + code);
  }
}
