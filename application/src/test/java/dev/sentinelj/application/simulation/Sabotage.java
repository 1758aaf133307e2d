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
  COMMITTED_WHEN_ACCEPTED
}
