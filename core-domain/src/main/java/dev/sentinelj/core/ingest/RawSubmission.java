package dev.sentinelj.core.ingest;

import java.util.List;

/**
 * What arrived at a gateway, as bytes: nothing is parsed before its size is known to be within
 * limits.
 *
 * @param header {@code BatchHeader} bytes
 * @param envelope {@code Envelope.Signed} bytes
 * @param body the signed body
 * @param attachedSets {@code SeriesSet} bytes in the order the envelope names their hashes
 */
public record RawSubmission(
    byte[] header, byte[] envelope, byte[] body, List<byte[]> attachedSets) {
  public RawSubmission {
    attachedSets = List.copyOf(attachedSets);
  }

  /** Bytes of all parts. */
  public long size() {
    long size = (long) header.length + envelope.length + body.length;
    for (byte[] set : attachedSets) {
      size += set.length;
    }
    return size;
  }
}
