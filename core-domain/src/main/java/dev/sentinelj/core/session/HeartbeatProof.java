package dev.sentinelj.core.session;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.signing.AgentKey;
import dev.sentinelj.core.signing.KeyId;
import dev.sentinelj.core.signing.MacTag;
import dev.sentinelj.core.wire.MalformedException;
import dev.sentinelj.core.wire.WireReader;
import dev.sentinelj.core.wire.WireWriter;

/**
 * A sign of life outside a stream.
 *
 * <p>Layout, big-endian: text {@value #DOMAIN}, u8 version 1, text agent id, text key id, i64
 * sent_at_ms; then 32 bytes of MAC over all of it under the uplink key.
 *
 * @param sentAtMillis by the agent's clock plus the offset it knows
 */
public record HeartbeatProof(AgentId agent, KeyId key, long sentAtMillis, MacTag mac) {
  public static final String DOMAIN = "sentinel/heartbeat";

  /** No valid proof is longer. */
  public static final int MAX_BYTES = 256;

  private static final int VERSION = 1;

  public static HeartbeatProof sign(AgentKey key, AgentId agent, long sentAtMillis) {
    MacTag mac = key.uplink().sign(signedBytes(agent, key.id(), sentAtMillis));
    return new HeartbeatProof(agent, key.id(), sentAtMillis, mac);
  }

  /** Whether the holder of {@code agentKey} made it. */
  public boolean holds(AgentKey agentKey) {
    return agentKey.uplink().verifies(mac, signedBytes(agent, key, sentAtMillis));
  }

  public byte[] toBytes() {
    byte[] signed = signedBytes(agent, key, sentAtMillis);
    return new WireWriter(MAX_BYTES).raw(signed).raw(mac.toBytes()).toBytes();
  }

  /**
   * @throws MalformedException when {@code bytes} is not a proof of version 1
   */
  public static HeartbeatProof parse(byte[] bytes) {
    WireReader in = new WireReader(bytes);
    if (in.message(DOMAIN) != VERSION) {
      throw new MalformedException("unknown version of a heart-beat");
    }
    try {
      AgentId agent = new AgentId(in.text("agent id", AgentId.MAX_BYTES));
      KeyId key = KeyId.parse(in.text("key id", KeyId.MAX_BYTES));
      long sentAtMillis = in.i64("sent_at_ms");
      MacTag mac = MacTag.of(in.raw(MacTag.BYTES, "heart-beat mac"));
      in.end();
      return new HeartbeatProof(agent, key, sentAtMillis, mac);
    } catch (IllegalArgumentException e) {
      throw new MalformedException(String.valueOf(e.getMessage()), e);
    }
  }

  private static byte[] signedBytes(AgentId agent, KeyId key, long sentAtMillis) {
    return WireWriter.message(DOMAIN, VERSION, MAX_BYTES)
        .text(agent.value())
        .text(key.value())
        .i64(sentAtMillis)
        .toBytes();
  }
}
