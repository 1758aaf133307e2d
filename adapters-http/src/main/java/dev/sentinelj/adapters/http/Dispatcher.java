package dev.sentinelj.adapters.http;

import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.PortUnavailableException;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes every request through the same gate: host, rate, route, who, may he, from where; then to
 * its endpoint; and turns every outcome into an answer.
 */
final class Dispatcher implements HttpHandler {
  private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
  private static final Set<String> READING = Set.of("GET", "HEAD");
  private static final Map<String, String> EVERYWHERE =
      Map.of(
          "Content-Security-Policy",
          "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none';"
              + " object-src 'none'",
          "X-Content-Type-Options",
          "nosniff",
          "X-Frame-Options",
          "DENY",
          "Referrer-Policy",
          "no-referrer",
          "Cross-Origin-Opener-Policy",
          "same-origin",
          "Cross-Origin-Resource-Policy",
          "same-origin");

  private final Executor executor;
  private final Router router;
  private final Authenticator authenticator;
  private final SessionCookie cookies;
  private final RequestOrigin origin;
  private final Supplier<Now> clock;
  private final RateLimiter rate =
      new RateLimiter(
          HttpLimits.REQUEST_BURST,
          HttpLimits.REQUEST_REFILL_SECONDS,
          HttpLimits.MAX_RATED_ADDRESSES);
  private final AtomicInteger busy = new AtomicInteger();

  Dispatcher(
      Executor executor,
      Router router,
      Authenticator authenticator,
      SessionCookie cookies,
      RequestOrigin origin,
      Supplier<Now> clock) {
    this.executor = executor;
    this.router = router;
    this.authenticator = authenticator;
    this.cookies = cookies;
    this.origin = origin;
    this.clock = clock;
  }

  @Override
  public void handleRequest(HttpServerExchange exchange) {
    exchange.dispatch(executor, this::serve);
  }

  private void serve(HttpServerExchange exchange) {
    exchange.startBlocking();
    boolean room = busy.incrementAndGet() <= HttpLimits.MAX_CONCURRENT_REQUESTS;
    try {
      Reply reply =
          room
              ? answer(exchange)
              : Problem.retryLater(503, "too many requests at the same time", 1).reply();
      send(exchange, reply);
    } finally {
      busy.decrementAndGet();
    }
  }

  private Reply answer(HttpServerExchange exchange) {
    try {
      return pass(exchange);
    } catch (ProblemException e) {
      return e.problem().reply();
    } catch (PortUnavailableException e) {
      LOG.warn("{} {}: {}", exchange.getRequestMethod(), path(exchange), e.getMessage());
      return Problem.retryLater(503, "the store does not answer, try again", 1).reply();
    } catch (RuntimeException e) { // the last resort: what is left is our mistake, told to the log
      LOG.error("{} {} failed", exchange.getRequestMethod(), path(exchange), e);
      return Problem.of(500, "this server made a mistake; its log says more").reply();
    }
  }

  private Reply pass(HttpServerExchange exchange) {
    Now now = clock.get();
    HeaderMap headers = exchange.getRequestHeaders();
    if (!origin.knows(headers)) {
      throw new ProblemException(
          Problem.of(421, "this server goes by another name: use localhost"));
    }
    long wait = rate.take(exchange.getSourceAddress().getAddress().getHostAddress(), now);
    if (wait > 0) {
      throw new ProblemException(Problem.retryLater(429, "too many requests", wait));
    }
    String method = exchange.getRequestMethod().toString();
    Router.Match match = router.match(method, exchange.getRelativePath());
    Identity identity = authenticator.identify(exchange, now.wallMillis());
    check(match.route(), identity, !READING.contains(method), headers);
    Reply reply =
        match.route().endpoint().answer(new Call(exchange, match.variables(), identity, now));
    return renewed(reply, identity, now.wallMillis());
  }

  private void check(Route route, Identity identity, boolean writes, HeaderMap headers) {
    boolean cookie = identity.session().isPresent();
    if (writes && (cookie ? !origin.isSame(headers) : origin.isForeign(headers))) {
      throw new ProblemException(Problem.of(403, "this did not come from a page of this server"));
    }
    if (!route.admits(identity)) {
      throw identity.principal().isEmpty()
          ? Problem.unauthorized()
          : new ProblemException(
              Problem.of(403, "this needs the role " + route.role().orElseThrow().word()));
    }
  }

  private Reply renewed(Reply reply, Identity identity, long nowMillis) {
    if (reply.headers().containsKey("Set-Cookie")) {
      return reply;
    }
    return identity
        .session()
        .flatMap(session -> cookies.renewal(session, nowMillis))
        .map(cookie -> reply.with("Set-Cookie", cookie))
        .orElse(reply);
  }

  private static void send(HttpServerExchange exchange, Reply reply) {
    HeaderMap headers = exchange.getResponseHeaders();
    EVERYWHERE.forEach((name, value) -> headers.put(new HttpString(name), value));
    headers.put(Headers.CACHE_CONTROL, "no-store");
    headers.put(Headers.CONTENT_TYPE, reply.contentType());
    reply.headers().forEach((name, value) -> headers.put(new HttpString(name), value));
    exchange.setStatusCode(reply.status());
    exchange.getResponseSender().send(ByteBuffer.wrap(reply.body()));
  }

  /**
   * The path for a log line: without query, short, and with nothing that could start a new line.
   */
  private static String path(HttpServerExchange exchange) {
    String path = exchange.getRelativePath().replaceAll("[^\\p{Graph}]", "?");
    return path.length() <= 200 ? path : path.substring(0, 200);
  }
}
