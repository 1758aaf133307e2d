package dev.sentinelj.adapters.http;

import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Where a browser thinks it is. A page of somebody else can point a name of theirs at this address
 * (DNS rebinding) or send a form here; both show in the headers.
 */
final class RequestOrigin {
  private static final int DEFAULT_PORT = 80;

  private final Set<String> hosts = new LinkedHashSet<>();

  RequestOrigin(InetAddress bind, int port) {
    String literal = bind.getHostAddress();
    String bound = bind instanceof Inet6Address ? "[" + literal + "]" : literal;
    for (String host : List.of("localhost", "127.0.0.1", "[::1]", bound)) {
      hosts.add(host + ":" + port);
      if (port == DEFAULT_PORT) {
        hosts.add(host);
      }
    }
  }

  /** Whether the host that the request names is this server. */
  boolean knows(HeaderMap headers) {
    HeaderValues host = headers.get(Headers.HOST);
    return host != null
        && host.size() == 1
        && hosts.contains(host.getFirst().toLowerCase(Locale.ROOT));
  }

  /**
   * Whether a browser sent this from a page of ours. Browsers that know {@code Sec-Fetch-Site} say
   * so there, and may then hide the origin, because our pages send no referrer.
   */
  boolean isSame(HeaderMap headers) {
    String site = first(headers, "Sec-Fetch-Site");
    String origin = first(headers, "Origin");
    boolean sameOrigin = origin.equals("http://" + first(headers, "Host"));
    if (site.isEmpty()) {
      return sameOrigin;
    }
    return site.equals("same-origin") && (sameOrigin || origin.isEmpty() || origin.equals("null"));
  }

  /** Whether anything says that a browser sent this from elsewhere. */
  boolean isForeign(HeaderMap headers) {
    boolean browser = headers.contains("Sec-Fetch-Site") || headers.contains("Origin");
    return browser && !isSame(headers);
  }

  private static String first(HeaderMap headers, String name) {
    HeaderValues values = headers.get(name);
    return values == null || values.size() != 1 ? "" : values.getFirst();
  }
}
