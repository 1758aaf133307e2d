package dev.sentinelj.core.session;

import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.signing.AgentKey;
import dev.sentinelj.core.signing.KeyId;
import dev.sentinelj.core.signing.MacTag;
import dev.sentinelj.core.wire.WireWriter;

/**
 * First word of an agent on a stream.
 *
 * <p>Its MAC, under the uplink key, covers: text {@value #DOMAIN}, u8 version 1, text agent id,
 * text key id, text agent version, short bytes nonce, i64 sent_at_ms, i64 epoch, i64 next_seq.
 *
 * @param nonce {@value #NONCE_BYTES} random bytes
 * @param sentAtMillis by the agent's clock plus the offset it knows
 * @param nextSeq the seq its log gives to the next record: a committed mark at or above it means
 *     the log was copied or restored
 */
public record Hello(
    EpochId epoch,
    KeyId key,
    String agentVersion,
    byte[] nonce,
    long sentAtMillis,
    long nextSeq,
    MacTag mac) {
  public static final String DOMAIN = "sentinel/hello";
  public static final int NONCE_BYTES = 16;

  public Hello {
    if (nonce.length != NONCE_BYTES) {
      throw new IllegalArgumentException(
          "a nonce has " + NONCE_BYTES + " bytes, not " + nonce.length);
    }
  }

  public static Hello sign(
      AgentKey key,
      EpochId epoch,
      String agentVersion,
      byte[] nonce,
      long sentAtMillis,
      long nextSeq) {
    byte[] bytes = bytes(epoch, key.id(), agentVersion, nonce, sentAtMillis, nextSeq);
    return new Hello(
        epoch, key.id(), agentVersion, nonce, sentAtMillis, nextSeq, key.uplink().sign(bytes));
  }

  public boolean holds(AgentKey agentKey) {
    return agentKey
        .uplink()
        .verifies(mac, bytes(epoch, key, agentVersion, nonce, sentAtMillis, nextSeq));
  }

  private static byte[] bytes(
      EpochId epoch,
      KeyId key,
      String agentVersion,
      byte[] nonce,
      long sentAtMillis,
      long nextSeq) {
    return WireWriter.message(DOMAIN, 1, 256)
        .text(epoch.agent().value())
        .text(key.value())
        .text(agentVersion)
        .shortBytes(nonce)
        .i64(sentAtMillis)
        .i64(epoch.epoch())
        .i64(nextSeq)
        .toBytes();
  }
}
