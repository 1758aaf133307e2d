package dev.sentinelj.adapters.grpc;

import dev.sentinelj.core.session.Downlink;
import dev.sentinelj.core.session.Hello;
import dev.sentinelj.ports.driven.Uplink;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The agent's stream to a gateway. Every session has a connection of its own, so that the agent's
 * back-off is the only one and a new session never waits for an old connection.
 */
public final class GrpcUplink implements Uplink {
  /** Longest time from {@link #open} until the gateway has proved itself. */
  public static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(15);

  /** A silent connection is probed after this, and closed when as long again brings no answer. */
  static final long KEEP_ALIVE_SECONDS = 10;

  /** Largest message of a gateway that is read: room for 100,000 rows of a reconciliation. */
  static final int MAX_MESSAGE_BYTES = 8 << 20;

  static final Executor THREADS = task -> Thread.ofVirtual().name("grpc-uplink").start(task);

  private final InetSocketAddress gateway;
  private final Duration handshakeTimeout;
  private final SecureRandom random = new SecureRandom();

  /**
   * @throws IllegalArgumentException unless {@code gateway} is on this machine: there is no TLS yet
   */
  public GrpcUplink(InetSocketAddress gateway) {
    this(gateway, HANDSHAKE_TIMEOUT);
  }

  GrpcUplink(InetSocketAddress gateway, Duration handshakeTimeout) {
    this.gateway = Loopback.require("the gateway", gateway);
    this.handshakeTimeout = handshakeTimeout;
  }

  @Override
  public Session open(Opening opening, Consumer<Downlink> events) {
    byte[] nonce = new byte[Hello.NONCE_BYTES];
    random.nextBytes(nonce);
    UplinkSession session = new UplinkSession(opening, nonce, events, channel(gateway));
    session.start(handshakeTimeout);
    return session;
  }

  static ManagedChannel channel(InetSocketAddress gateway) {
    return NettyChannelBuilder.forAddress(gateway)
        .usePlaintext()
        .executor(THREADS)
        .disableRetry()
        .maxInboundMessageSize(MAX_MESSAGE_BYTES)
        .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
        .keepAliveTimeout(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
        .build();
  }
}
