package dev.sentinelj.adapters.grpc;

import dev.sentinelj.core.session.SessionLimits;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * How a {@link GrpcGateway} listens.
 *
 * @param listen loopback only, until there is TLS; port 0 takes a free one
 * @param limits what a batch may be at most: a message that is larger by more than {@value
 *     #MESSAGE_MARGIN_BYTES} bytes is not even read
 * @param handshakeTimeout how long a connection may take for its preface, a stream for its hello
 *     and the answer to it, and a unary call for its message
 * @param maxConnections connections that are served at a time
 */
public record GatewaySettings(
    InetSocketAddress listen, SessionLimits limits, Duration handshakeTimeout, int maxConnections) {
  /** Room for what frames a batch of the greatest size. */
  public static final int MESSAGE_MARGIN_BYTES = 64 << 10;

  public static final Duration DEFAULT_HANDSHAKE_TIMEOUT = Duration.ofSeconds(15);
  public static final int DEFAULT_MAX_CONNECTIONS = 1_000;

  /**
   * @throws IllegalArgumentException when the address is not loopback or a number is out of range;
   *     the message says what to use
   */
  public GatewaySettings {
    Loopback.require("the gRPC listen address", listen);
    if (maxConnections < 1) {
      throw new IllegalArgumentException("max connections is below 1: " + maxConnections);
    }
    if (handshakeTimeout.isNegative() || handshakeTimeout.isZero()) {
      throw new IllegalArgumentException("the handshake time-out is not positive");
    }
    if (limits.maxBatchBytes() > Integer.MAX_VALUE - MESSAGE_MARGIN_BYTES) {
      throw new IllegalArgumentException("max batch bytes is too large: " + limits.maxBatchBytes());
    }
  }

  public static GatewaySettings on(InetSocketAddress listen) {
    return new GatewaySettings(
        listen, SessionLimits.DEFAULT, DEFAULT_HANDSHAKE_TIMEOUT, DEFAULT_MAX_CONNECTIONS);
  }

  int maxMessageBytes() {
    return (int) limits.maxBatchBytes() + MESSAGE_MARGIN_BYTES;
  }
}
