package dev.sentinelj.core.session;

import dev.sentinelj.core.signing.AgentKey;
import dev.sentinelj.core.signing.MacTag;
import dev.sentinelj.core.wire.WireWriter;

/**
 * A gateway's answer to a {@link Hello} it believes.
 *
 * <p>Its MAC, under the downlink key, covers: text {@value #DOMAIN}, u8 version 1, the 32 bytes of
 * the hello's MAC, short bytes nonce, i64 server_time_ms, i64 max_batch_bytes, i64 heartbeat_ms.
 * The nonce of the session's seals is the agent's nonce followed by this one.
 *
 * @param nonce {@value Hello#NONCE_BYTES} random bytes
 * @param serverMillis the gateway's clock
 * @param limits what a batch may be at most
 */
public record Welcome(byte[] nonce, long serverMillis, SessionLimits limits, MacTag mac) {
  public static final String DOMAIN = "sentinel/welcome";

  public static Welcome sign(
      AgentKey key, Hello hello, byte[] nonce, long serverMillis, SessionLimits limits) {
    MacTag mac = key.downlink().sign(bytes(hello, nonce, serverMillis, limits));
    return new Welcome(nonce, serverMillis, limits, mac);
  }

  public boolean holds(AgentKey key, Hello hello) {
    return key.downlink().verifies(mac, bytes(hello, nonce, serverMillis, limits));
  }

  private static byte[] bytes(Hello hello, byte[] nonce, long serverMillis, SessionLimits limits) {
    return WireWriter.message(DOMAIN, 1, 128)
        .raw(hello.mac().toBytes())
        .shortBytes(nonce)
        .i64(serverMillis)
        .i64(limits.maxBatchBytes())
        .i64(limits.heartbeatMillis())
        .toBytes();
  }
}
