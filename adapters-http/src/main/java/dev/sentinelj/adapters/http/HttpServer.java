package dev.sentinelj.adapters.http;

import dev.sentinelj.core.signing.Secret;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.driven.AgentRegistry;
import dev.sentinelj.ports.driven.AuditQueries;
import dev.sentinelj.ports.driven.MetricQueries;
import dev.sentinelj.ports.driven.QuarantineQueries;
import dev.sentinelj.ports.driving.EnrolAgents;
import dev.sentinelj.ports.driving.OperatorAccess;
import dev.sentinelj.ports.driving.QuarantineReplay;
import dev.sentinelj.ports.driving.ServerStatus;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.xnio.Options;

/**
 * The REST API and the page on one port. Plain HTTP, so it listens at a loopback address only.
 * Start it once, close it once.
 */
public final class HttpServer implements AutoCloseable {
  private static final int IO_THREADS = 2;

  private final Parts parts;
  private final ExecutorService executor;
  private final SwitchHandler handler = new SwitchHandler();
  private final Undertow undertow;
  private volatile int port;

  /**
   * What the server works with.
   *
   * @param prometheus the text of {@code /metrics}, format 0.0.4
   * @param tokenKey signs access tokens and browser sessions, and nothing else
   * @param bind a loopback address
   * @param port 0 takes any free one
   */
  public record Parts(
      OperatorAccess access,
      EnrolAgents enrol,
      ServerStatus status,
      MetricQueries queries,
      QuarantineQueries quarantine,
      QuarantineReplay replay,
      AgentRegistry registry,
      AuditQueries audits,
      Supplier<String> prometheus,
      Supplier<Now> clock,
      Secret tokenKey,
      InetAddress bind,
      int port) {

    /**
     * @throws IllegalArgumentException when {@code bind} can be reached from another machine, or
     *     {@code port} is none
     */
    public Parts {
      if (!bind.isLoopbackAddress()) {
        throw new IllegalArgumentException(
            "cannot listen at "
                + bind.getHostAddress()
                + ": without TLS only a loopback address is allowed, use 127.0.0.1");
      }
      if (port < 0 || port > 65_535) {
        throw new IllegalArgumentException("a port is 0 to 65535, not " + port);
      }
    }
  }

  public HttpServer(Parts parts) {
    this.parts = parts;
    this.executor =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("http-", 0).factory());
    this.undertow =
        Undertow.builder()
            .addHttpListener(parts.port(), parts.bind().getHostAddress(), handler)
            .setIoThreads(IO_THREADS)
            .setWorkerThreads(1) // handlers run on virtual threads
            .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, (long) HttpLimits.MAX_BODY_BYTES)
            .setServerOption(UndertowOptions.MAX_HEADER_SIZE, HttpLimits.MAX_HEADER_BYTES)
            .setServerOption(UndertowOptions.MAX_HEADERS, HttpLimits.MAX_HEADERS)
            .setServerOption(UndertowOptions.MAX_PARAMETERS, HttpLimits.MAX_QUERY_PARAMETERS)
            .setServerOption(UndertowOptions.MAX_COOKIES, HttpLimits.MAX_COOKIES)
            .setServerOption(UndertowOptions.REQUEST_PARSE_TIMEOUT, HttpLimits.PARSE_TIMEOUT_MILLIS)
            .setServerOption(UndertowOptions.NO_REQUEST_TIMEOUT, HttpLimits.KEEP_ALIVE_MILLIS)
            .setServerOption(UndertowOptions.IDLE_TIMEOUT, HttpLimits.IDLE_MILLIS)
            .setServerOption(UndertowOptions.ALWAYS_SET_KEEP_ALIVE, false)
            .setSocketOption(Options.CONNECTION_HIGH_WATER, HttpLimits.MAX_CONNECTIONS)
            .setSocketOption(Options.CONNECTION_LOW_WATER, HttpLimits.MAX_CONNECTIONS / 2)
            .build();
  }

  /**
   * Begins to answer.
   *
   * @throws UncheckedIOException when the address cannot be taken; the message names it
   */
  public void start() {
    try {
      undertow.start();
    } catch (RuntimeException e) {
      executor.close();
      if (e.getCause() instanceof IOException cause) {
        throw new UncheckedIOException(
            "cannot listen at " + address(parts.port()) + ": " + reason(cause), cause);
      }
      throw e;
    }
    InetSocketAddress bound =
        (InetSocketAddress) undertow.getListenerInfo().getFirst().getAddress();
    port = bound.getPort();
    handler.become(dispatcher(port));
  }

  /** The port it listens at; 0 before {@link #start()}. */
  public int port() {
    return port;
  }

  @Override
  public void close() {
    undertow.stop();
    executor.close();
  }

  private Dispatcher dispatcher(int port) {
    Tokens tokens = new Tokens(parts.tokenKey(), new SecureRandom());
    SessionCookie cookies = new SessionCookie(tokens, port);
    return new Dispatcher(
        executor,
        new Router(routes(parts, tokens, cookies)),
        new Authenticator(parts.access(), tokens, cookies),
        cookies,
        new RequestOrigin(parts.bind(), port),
        parts.clock());
  }

  /** Everything that is served. */
  static List<Route> routes(Parts parts, Tokens tokens, SessionCookie cookies) {
    Logins logins = new Logins(parts.access());
    KnownAgents agents = new KnownAgents(parts.registry());
    List<Route> routes = new ArrayList<>();
    routes.addAll(
        new HealthEndpoints(parts.status(), parts.queries(), parts.prometheus()).routes());
    routes.addAll(new AuthEndpoints(parts.access(), parts.enrol(), logins, tokens).routes());
    routes.addAll(new AgentEndpoints(parts.registry(), parts.queries()).routes());
    routes.addAll(new MetricEndpoints(parts.queries(), agents).routes());
    routes.addAll(new AuditEndpoints(parts.audits(), agents).routes());
    routes.addAll(new QuarantineEndpoints(parts.quarantine(), parts.replay(), agents).routes());
    routes.addAll(new PageEndpoints(logins, tokens, cookies).routes());
    return routes;
  }

  private String address(int port) {
    String host = parts.bind().getHostAddress();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }

  private static String reason(IOException cause) {
    return cause instanceof BindException
        ? "the port is in use or not allowed; stop the other program or choose another port"
        : String.valueOf(cause.getMessage());
  }
}
