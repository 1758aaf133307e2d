package dev.sentinelj.core.wal;

import java.util.Optional;

/** What the payload of a record is. */
public enum RecordKind {
  /** A signed batch in its stored form; the record's seq is the batch's. */
  BATCH(1),
  /** The bytes of a series set; without seq. Written twice in each segment that needs it. */
  SERIES_SET(2),
  /** The clean end of a segment; its seq is the one that comes next. */
  SEAL(3),
  /** A {@link StoredMessage} of the bus; the record's seq is the message's. */
  MESSAGE(4),
  /** {@link TornSeqs} of the log; without seq. Written twice at the start of a segment. */
  TORN(5);

  private final int code;

  RecordKind(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }

  /** Empty for a kind that a later build may know. */
  public static Optional<RecordKind> ofCode(int code) {
    return switch (code) {
      case 1 -> Optional.of(BATCH);
      case 2 -> Optional.of(SERIES_SET);
      case 3 -> Optional.of(SEAL);
      case 4 -> Optional.of(MESSAGE);
      case 5 -> Optional.of(TORN);
      default -> Optional.empty();
    };
  }
}
