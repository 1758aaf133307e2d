package dev.sentinelj.application.agent;

/** What was shipped since the start, whichever log it was in. Mutable. */
final class ShippedCounts {

  /** Batches taken by a gateway, repeats included. */
  long accepted;

  /** Batches sent again within a session. */
  long resent;

  /** Batches refused for good. */
  long refused;

  /** Segments deleted. */
  long freedSegments;
}
