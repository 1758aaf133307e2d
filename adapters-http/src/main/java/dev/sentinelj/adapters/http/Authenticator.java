package dev.sentinelj.adapters.http;

import dev.sentinelj.core.access.Principal;
import dev.sentinelj.ports.driving.OperatorAccess;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.Cookie;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import java.util.Optional;

/**
 * Proves who asks: a bearer token, which is a JSON Web Token or an API token, or else a browser's
 * cookie. A credential that proves nothing is the same as none.
 */
final class Authenticator {
  private static final String SCHEME = "Bearer ";

  private final OperatorAccess access;
  private final Tokens tokens;
  private final SessionCookie cookies;

  Authenticator(OperatorAccess access, Tokens tokens, SessionCookie cookies) {
    this.access = access;
    this.tokens = tokens;
    this.cookies = cookies;
  }

  Identity identify(HttpServerExchange exchange, long nowMillis) {
    HeaderValues headers = exchange.getRequestHeaders().get(Headers.AUTHORIZATION);
    if (headers != null) {
      return headers.size() == 1
          ? bearer(headers.getFirst(), nowMillis).map(Identity::program).orElse(Identity.NOBODY)
          : Identity.NOBODY;
    }
    Cookie cookie = exchange.getRequestCookie(cookies.name());
    return cookie == null
        ? Identity.NOBODY
        : cookies.read(cookie.getValue(), nowMillis).map(Identity::browser).orElse(Identity.NOBODY);
  }

  private Optional<Principal> bearer(String header, long nowMillis) {
    if (!header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        || header.length() > HttpLimits.MAX_CREDENTIAL_CHARS) {
      return Optional.empty();
    }
    String credential = header.substring(SCHEME.length()).strip();
    // API tokens are URL-safe base64 and have no dot; a JSON Web Token has two.
    return credential.indexOf('.') >= 0
        ? tokens.readAccess(credential, nowMillis)
        : access.token(credential, nowMillis);
  }
}
