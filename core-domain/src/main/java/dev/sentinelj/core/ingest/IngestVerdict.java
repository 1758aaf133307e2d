package dev.sentinelj.core.ingest;

/** Outcome of offering a batch to a gateway; every case is an answer, none is a failure. */
public sealed interface IngestVerdict {

  /** The broker acknowledged it (now, or when the same attempt came before). */
  record Accepted(Receipt receipt) implements IngestVerdict {}

  /** Nothing happened; the same batch may be sent again after the delay. */
  record Retry(RetryReason reason, long delayMillis) implements IngestVerdict {}

  /** The sender's clock is off: nothing happened, and this is the time to stamp by. */
  record Skewed(long serverMillis) implements IngestVerdict {}

  record Refused(Refusal reason) implements IngestVerdict {}
}
