package dev.sentinelj.adapters.http;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.StatusCodes;
import org.jspecify.annotations.Nullable;

/**
 * Stands in until the port is known: cookie name and allowed hosts contain it. Answers 503 that
 * long.
 */
final class SwitchHandler implements HttpHandler {
  private volatile @Nullable HttpHandler next;

  void become(HttpHandler handler) {
    next = handler;
  }

  @Override
  public void handleRequest(HttpServerExchange exchange) throws Exception {
    HttpHandler handler = next;
    if (handler == null) {
      exchange.setStatusCode(StatusCodes.SERVICE_UNAVAILABLE).endExchange();
    } else {
      handler.handleRequest(exchange);
    }
  }
}
