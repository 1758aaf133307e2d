package dev.sentinelj.adapters.grpc;

import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.driving.AgentSessions;
import dev.sentinelj.ports.driving.EnrolAgents;
import dev.sentinelj.ports.driving.IngestBatches;
import dev.sentinelj.proto.AgentMessage;
import dev.sentinelj.proto.AgentServiceGrpc;
import dev.sentinelj.proto.AgentStreamGrpc;
import dev.sentinelj.proto.ServerMessage;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The gateway's gRPC server: unary calls, the agents' stream, and the standard health service.
 * Offers what arrives to the driving ports and carries their answers back; decides nothing itself.
 */
public final class GrpcGateway implements AutoCloseable {
  /** Calls and streams that one connection may have under way. */
  static final int MAX_CALLS_PER_CONNECTION = 64;

  /** Unary calls that are under way over all connections: each holds one message. */
  static final int MAX_UNARY_CALLS = 256;

  /** Series sets travel in metadata on a unary call, so it may be larger than usual. */
  static final int MAX_METADATA_BYTES = 256 << 10;

  /** A silent connection is probed after this, and closed when as long again brings no answer. */
  static final long KEEP_ALIVE_SECONDS = 10;

  /** Probing more often than this ends a connection. */
  static final long MIN_KEEP_ALIVE_SECONDS = 5;

  /** A connection without any call is closed after this. */
  static final long MAX_IDLE_SECONDS = 300;

  /** Streams that a connection may reset per window before it is closed (CVE-2023-44487). */
  static final int MAX_RESETS = 200;

  static final int RESET_WINDOW_SECONDS = 30;

  /** How long {@link #close} lets calls end by themselves. */
  static final long GRACE_SECONDS = 5;

  private final AgentSessions sessions;
  private final Supplier<Now> clock;
  private final GatewaySettings settings;
  private final SecureRandom random = new SecureRandom();
  private final HealthStatusManager health = new HealthStatusManager();
  private final Set<GatewaySession> open = ConcurrentHashMap.newKeySet();
  private final Server server;

  /** Prepares the server; {@link #start} opens its port. */
  public GrpcGateway(
      IngestBatches ingest,
      AgentSessions sessions,
      EnrolAgents enrolment,
      Supplier<Now> clock,
      GatewaySettings settings) {
    this.sessions = sessions;
    this.clock = clock;
    this.settings = settings;
    TooLargeMessages.logShortly();
    ForeignConnections.logShortly();
    ConnectionLimits limits =
        new ConnectionLimits(
            settings.maxConnections(), MAX_UNARY_CALLS, settings.handshakeTimeout());
    this.server =
        NettyServerBuilder.forAddress(settings.listen())
            .executor(task -> Thread.ofVirtual().name("grpc-call").start(task))
            .maxInboundMessageSize(settings.maxMessageBytes())
            .maxInboundMetadataSize(MAX_METADATA_BYTES)
            .maxConcurrentCallsPerConnection(MAX_CALLS_PER_CONNECTION)
            .maxRstFramesPerWindow(MAX_RESETS, RESET_WINDOW_SECONDS)
            .handshakeTimeout(settings.handshakeTimeout().toMillis(), TimeUnit.MILLISECONDS)
            .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
            .keepAliveTimeout(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
            .permitKeepAliveTime(MIN_KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .maxConnectionIdle(MAX_IDLE_SECONDS, TimeUnit.SECONDS)
            .addTransportFilter(limits)
            .intercept(limits)
            .addService(new UnaryService(ingest, sessions, enrolment, clock).definition())
            .addService(new Streams())
            .addService(health.getHealthService())
            .build();
  }

  /**
   * Opens the port. To be called once.
   *
   * @throws CannotListenException when the address is in use or not of this machine
   */
  public void start() {
    try {
      server.start();
    } catch (IOException e) {
      throw new CannotListenException(
          "cannot listen on "
              + Loopback.text(settings.listen())
              + " for agents: the port is in use or the address is not of this machine;"
              + " stop the other process or choose another port",
          e);
    }
    health.setStatus(AgentServiceGrpc.SERVICE_NAME, ServingStatus.SERVING);
    health.setStatus(AgentStreamGrpc.SERVICE_NAME, ServingStatus.SERVING);
  }

  /** The port it listens on, also when a free one was asked for. */
  public int port() {
    return server.getPort();
  }

  /**
   * Tells the agents to go, lets calls end within {@value #GRACE_SECONDS} seconds, then cuts them.
   * Idempotent.
   */
  @Override
  public void close() {
    if (server.isShutdown()) {
      return;
    }
    health.enterTerminalState();
    server.shutdown();
    open.forEach(GatewaySession::bye);
    try {
      if (!server.awaitTermination(GRACE_SECONDS, TimeUnit.SECONDS)) {
        server.shutdownNow();
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  private final class Streams extends AgentStreamGrpc.AgentStreamImplBase {
    @Override
    public StreamObserver<AgentMessage> open(StreamObserver<ServerMessage> answers) {
      var out = (ServerCallStreamObserver<ServerMessage>) answers;
      var session = new GatewaySession(sessions, clock, random::nextBytes, out, open::remove);
      open.add(session);
      session.start(settings.handshakeTimeout());
      return session;
    }
  }
}
