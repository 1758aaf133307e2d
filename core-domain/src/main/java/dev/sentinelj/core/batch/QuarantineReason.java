package dev.sentinelj.core.batch;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Why bytes are kept aside in place of being stored. */
public enum QuarantineReason {
  /** A message that is no frame of this installation and queue. */
  BAD_FRAME,
  /** Signed by an agent that nobody here knows. */
  UNKNOWN_AGENT,
  /** Signed with a key that nobody here knows. */
  UNKNOWN_KEY,
  /** Received after its key was revoked or its agent deleted. */
  REVOKED,
  /** A MAC or the body's hash does not hold. */
  BAD_MAC,
  /** The ledger has another content under its id. */
  FORK,
  /** The body of a batch that was believed is not in its format. */
  MALFORMED,
  /** The store failed at this batch alone again and again. */
  POISON,
  /** Its series set never came. */
  NO_SET,
  /** Its series set is one more than its agent may have. */
  SET_LIMIT,
  /** Samples that are no numbers. */
  NAN,
  /** Samples whose times the store has no place for. */
  TIME;

  /** The word in the database and in every output. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Whether a whole batch is kept that the ledger has: its agent was told that it is safe and sends
   * it no more, so what can be stored of it now comes from here.
   */
  public boolean replayable() {
    return switch (this) {
      case MALFORMED, POISON, NO_SET, SET_LIMIT -> true;
      case BAD_FRAME, UNKNOWN_AGENT, UNKNOWN_KEY, REVOKED, BAD_MAC, FORK, NAN, TIME -> false;
    };
  }

  /** Whether samples are kept, as text, and not the bytes they came in. */
  public boolean keepsText() {
    return this == NAN || this == TIME;
  }

  /** The reason with this word; empty for one of another build. */
  public static Optional<QuarantineReason> ofWord(String word) {
    return Arrays.stream(values()).filter(reason -> reason.word().equals(word)).findFirst();
  }
}
