package dev.sentinelj.core.ingest;

import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.signing.Envelope;
import java.util.List;

/**
 * A batch on its way: the signed bytes, the envelope of this sending, and the definitions that
 * travel beside it as bytes. Nothing here is verified yet.
 */
public record Submission(SignedBatch batch, Envelope.Signed envelope, List<byte[]> attachedSets) {
  public Submission {
    attachedSets = List.copyOf(attachedSets);
  }

  /** Bytes of everything in it that counts towards the limit. */
  public long size() {
    long sets = 0;
    for (byte[] set : attachedSets) {
      sets += set.length;
    }
    return sets + batch.bodyLength();
  }
}
