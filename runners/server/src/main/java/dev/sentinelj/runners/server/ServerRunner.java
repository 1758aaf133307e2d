package dev.sentinelj.runners.server;

import dev.sentinelj.adapters.grpc.GatewaySettings;
import dev.sentinelj.adapters.grpc.GrpcGateway;
import dev.sentinelj.adapters.http.HttpServer;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.driving.EnrolAgents;
import dev.sentinelj.ports.driving.OperatorAccess;
import dev.sentinelj.runners.runtime.CombinedStatus;
import dev.sentinelj.runners.runtime.EventLoop;
import dev.sentinelj.runners.runtime.PrometheusText;
import dev.sentinelj.runners.runtime.ShutdownSequence;
import dev.sentinelj.runners.runtime.SystemClock;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * A running gateway: its listeners, the loop that closes frames, and the one that asks and ticks.
 */
public final class ServerRunner implements AutoCloseable {
  /** A frame waits 5 ms for more batches, so somebody must look about as often. */
  private static final Duration FRAMES = Duration.ofMillis(5);

  private static final Duration HOUSEKEEPING = Duration.ofMillis(100);

  private final ServerComponent component;
  private final ShutdownSequence shutdown = new ShutdownSequence();
  private final GrpcGateway gateway;
  private final HttpServer http;

  private ServerRunner(
      ServerComponent component, ServerPorts ports, ServerConfig config, CombinedStatus status) {
    this.component = component;
    status.add(component.status());
    PrometheusText metrics = shutdown.closeLater("metrics", new PrometheusText(status));
    this.http =
        new HttpServer(
            new HttpServer.Parts(
                component.operators(),
                component.enrolment(),
                status,
                ports.metricQueries(),
                ports.quarantineQueries(),
                component.replay(),
                ports.agentRegistry(),
                ports.auditQueries(),
                metrics::scrape,
                SystemClock::now,
                config.tokenKey(),
                config.bind(),
                config.httpPort()));
    this.gateway =
        new GrpcGateway(
            component.ingest(),
            component.sessions(),
            component.enrolment(),
            SystemClock::now,
            new GatewaySettings(
                new InetSocketAddress(config.bind(), config.grpcPort()),
                config.limits(),
                GatewaySettings.DEFAULT_HANDSHAKE_TIMEOUT,
                GatewaySettings.DEFAULT_MAX_CONNECTIONS));
  }

  /**
   * Opens both ports and starts the loops.
   *
   * @param status what the process tells of itself; the server joins it
   * @throws dev.sentinelj.adapters.grpc.CannotListenException when the agents' port cannot be had
   * @throws java.io.UncheckedIOException when the other one cannot
   */
  public static ServerRunner start(ServerPorts ports, ServerConfig config, CombinedStatus status) {
    ServerComponent component = DaggerServerComponent.factory().create(ports, config);
    ServerRunner runner = new ServerRunner(component, ports, config, status);
    try {
      runner.start();
      return runner;
    } catch (RuntimeException e) {
      runner.close();
      throw e;
    }
  }

  public int grpcPort() {
    return gateway.port();
  }

  public int httpPort() {
    return http.port();
  }

  public EnrolAgents enrolment() {
    return component.enrolment();
  }

  public OperatorAccess operators() {
    return component.operators();
  }

  @Override
  public void close() {
    shutdown.close();
  }

  private void start() {
    EventLoop frames = shutdown.closeLater("frames", new EventLoop("frames", SystemClock::now));
    EventLoop housekeeping =
        shutdown.closeLater("gateway", new EventLoop("gateway", SystemClock::now));
    frames.start(component.publisher()::poll, FRAMES);
    housekeeping.start(this::keepHouse, HOUSEKEEPING);
    gateway.start();
    shutdown.closeLater("agents' port", gateway);
    http.start();
    shutdown.closeLater("page and API", http);
  }

  private void keepHouse(Now now) {
    component.directory().poll(now);
    component.relay().poll(now);
    component.ticker().poll(now);
  }
}
