package dev.sentinelj.application.simulation;

/** A bug put in on purpose, at a port, to see that the simulation finds it. */
enum Sabotage {
  NONE,
  /** The bus answers a publication and puts the message later, if the gateway still lives. */
  ACKNOWLEDGE_BEFORE_PUBLISH,
  /** What the ledger knows already enters the windows once more. */
  WINDOWS_BEFORE_LEDGER,
  /** The position moves in a transaction of its own, before that of the data. */
  POSITION_OUTSIDE_TRANSACTION,
  /** Whatever is claimed counts as new. */
  NO_LEDGER,
  /**
   * The gateway tells agents that what the bus has is committed, and that every digest is equal.
   */
  COMMITTED_WHEN_ACCEPTED,
  /** An agent deletes a segment when the marks have its seqs, without comparing digests. */
  SEGMENT_FREED_BY_RANGES,
  /** An agent sends a batch again under the attempt it sent it under first. */
  ATTEMPT_NOT_RENEWED,
  /** An agent carries a log over without closing its epoch first. */
  COPY_WITHOUT_CLOSING,
  /** An agent sends each definition once, and not when it is asked for it. */
  SET_DROPPED_AFTER_FIRST_SEND,
  /** A log that crashed gives the seq of its torn record to the next. */
  TORN_SEQ_USED_AGAIN,
  /** A loss counts although the ledger has a row. */
  LOSS_COUNTED_BESIDE_ROW,
  /**
   * A batch whose body does not fit its hash is kept aside and entered in the ledger all the same.
   */
  DAMAGED_BATCH_ACKNOWLEDGED,
  /** The bus says of any position in its generation that it is still good. */
  POSITION_KEPT_AFTER_TAIL_CUT,
  /** The ledger takes another content under a known id for a repetition. */
  FORK_TAKEN_FOR_DUPLICATE,
  /** A worker has room for no series at all, so that everything is above the budget. */
  EVERYTHING_ABOVE_BUDGET,
  /** A worker finds every sample older than what it may store. */
  EVERYTHING_TOO_OLD,
  /** A worker cannot read every seventh batch, good as it is. */
  GOOD_BATCHES_MALFORMED,
  /** An agent does not hear how far the lanes were read. */
  EVIDENCE_NOT_HEARD,
  /** A log that cannot write says that it did. */
  FAILED_APPEND_SUCCEEDS
}
