package dev.sentinelj.adapters.http;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What goes back to whoever asked.
 *
 * @param headers besides the content type and those that every answer carries
 */
record Reply(int status, String contentType, byte[] body, Map<String, String> headers) {
  private static final byte[] NOTHING = new byte[0];

  static Reply json(int status, Object body) {
    return new Reply(status, "application/json", Json.bytes(body), Map.of());
  }

  static Reply ok(Object body) {
    return json(200, body);
  }

  static Reply text(String contentType, String body) {
    return new Reply(200, contentType, body.getBytes(StandardCharsets.UTF_8), Map.of());
  }

  /** Sends a browser elsewhere with a GET. {@code path} is one of ours. */
  static Reply seeOther(String path) {
    return new Reply(303, "text/plain; charset=utf-8", NOTHING, Map.of("Location", path));
  }

  static Reply notModified() {
    return new Reply(304, "text/plain; charset=utf-8", NOTHING, Map.of());
  }

  Reply with(String header, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(header, value);
    return new Reply(status, contentType, body, more);
  }

  Reply withStatus(int other) {
    return new Reply(other, contentType, body, headers);
  }
}
