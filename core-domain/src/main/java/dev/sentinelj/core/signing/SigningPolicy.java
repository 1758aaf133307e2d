package dev.sentinelj.core.signing;

import dev.sentinelj.core.batch.BatchHeader;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.wire.WireWriter;
import java.util.List;

/**
 * How a batch is signed and what must hold before it is believed. Two MACs: one over the content,
 * made once when the batch enters the log; one over each sending, made when it leaves.
 */
public final class SigningPolicy {
  private SigningPolicy() {}

  /** The batch with {@code header} and {@code body}, signed for keeping. */
  public static SignedBatch signContent(AgentKey key, BatchHeader header, byte[] body) {
    byte[] bytes = header.toBytes();
    return SignedBatch.of(bytes, body, key.id(), key.content().sign(bytes));
  }

  /** One sending of {@code batch}, with the hashes of the sets that travel beside it. */
  public static Envelope.Signed signEnvelope(
      AgentKey key, SignedBatch batch, long attempt, long sentAtMillis, List<Sha256> attached) {
    Envelope envelope =
        new Envelope(
            batch.contentHash(),
            batch.contentKey(),
            batch.contentMac(),
            attempt,
            sentAtMillis,
            key.id(),
            attached);
    return new Envelope.Signed(envelope, key.envelope().sign(envelope.toBytes()));
  }

  /** Whether header and body are what the holder of {@code key} signed. */
  public static boolean contentHolds(AgentKey key, SignedBatch batch) {
    boolean macHolds = key.content().verifies(batch.contentMac(), batch.headerBytes());
    return macHolds && batch.bodyMatches();
  }

  /** Whether {@code signed} was made by the holder of {@code key} for exactly this batch. */
  public static boolean envelopeHolds(AgentKey key, Envelope.Signed signed, SignedBatch batch) {
    Envelope envelope = signed.envelope();
    boolean macHolds = key.envelope().verifies(signed.mac(), envelope.toBytes());
    return macHolds
        && envelope.contentHash().equals(batch.contentHash())
        && envelope.contentMac().equals(batch.contentMac())
        && envelope.contentKey().equals(batch.contentKey());
  }

  /** The MAC of one numbered message of a session; see {@link SessionSeal}. */
  static MacTag sealMac(MacKey key, byte[] nonce, long counter, byte[] payload) {
    byte[] head =
        WireWriter.message(SessionSeal.DOMAIN, 1, 64).shortBytes(nonce).i64(counter).toBytes();
    return key.sign(head, payload);
  }
}
