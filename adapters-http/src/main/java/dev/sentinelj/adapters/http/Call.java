package dev.sentinelj.adapters.http;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.time.Now;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.RequestTooBigException;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One request, read strictly: what is unknown, doubled or out of range is a problem that names it.
 */
final class Call {
  private final HttpServerExchange exchange;
  private final Map<String, String> variables;
  private final Identity identity;
  private final Now now;

  Call(HttpServerExchange exchange, Map<String, String> variables, Identity identity, Now now) {
    this.exchange = exchange;
    this.variables = variables;
    this.identity = identity;
    this.now = now;
  }

  Identity identity() {
    return identity;
  }

  Now now() {
    return now;
  }

  /** The address the request came from, as text. */
  String remote() {
    return exchange.getSourceAddress().getAddress().getHostAddress();
  }

  /** A variable part of the path. */
  String variable(String name) {
    return variables.getOrDefault(name, "");
  }

  Optional<String> header(String name) {
    HeaderValues values = exchange.getRequestHeaders().get(name);
    return values == null || values.size() != 1 ? Optional.empty() : Optional.of(values.getFirst());
  }

  /** Refuses parameters of the query that are not {@code known}. */
  Call query(String... known) {
    Set<String> names = Set.of(known);
    for (String name : exchange.getQueryParameters().keySet()) {
      boolean label = name.startsWith("label.") && names.contains("label.");
      if (!names.contains(name) && !label) {
        throw Problem.badField(
            shown(name),
            known.length == 0
                ? "unknown parameter, there are none here"
                : "unknown parameter, known are " + String.join(", ", known));
      }
    }
    return this;
  }

  Optional<String> parameter(String name) {
    Deque<String> values = exchange.getQueryParameters().get(name);
    if (values == null) {
      return Optional.empty();
    }
    if (values.size() != 1) {
      throw Problem.badField(shown(name), "this parameter is given more than once");
    }
    return Optional.of(values.getFirst());
  }

  /** The agent that the parameter {@code agent} names; it need not be known. */
  Optional<AgentId> agent() {
    return parameter("agent").map(Call::agentId);
  }

  /** The id in a field called {@code agent}. */
  static AgentId agentId(String text) {
    try {
      return new AgentId(text);
    } catch (IllegalArgumentException e) {
      throw Problem.badField("agent", String.valueOf(e.getMessage()));
    }
  }

  int integer(String name, int min, int max, int otherwise) {
    Optional<String> text = parameter(name);
    if (text.isEmpty()) {
      return otherwise;
    }
    try {
      int value = Integer.parseInt(text.get());
      if (value >= min && value <= max) {
        return value;
      }
    } catch (NumberFormatException e) {
      // falls through to the same words as a number out of range
    }
    throw Problem.badField(name, name + " must be a whole number from " + min + " to " + max);
  }

  long time(String name, long otherwiseMillis) {
    Optional<String> text = parameter(name);
    if (text.isEmpty()) {
      return otherwiseMillis;
    }
    try {
      return Timestamps.parse(text.get());
    } catch (DateTimeException e) {
      throw Problem.badField(name, name + " must be a time like 2026-01-31T23:59:59Z");
    }
  }

  /** Values of parameters that are called {@code prefix} and a key, by key. */
  Map<String, String> parametersUnder(String prefix) {
    Map<String, String> found = new LinkedHashMap<>();
    for (String name : exchange.getQueryParameters().keySet()) {
      if (name.startsWith(prefix)) {
        found.put(name.substring(prefix.length()), parameter(name).orElse(""));
      }
    }
    return found;
  }

  JsonBody json(String... known) {
    requireType("application/json");
    return JsonBody.parse(body(), Set.of(known));
  }

  /** The fields of a form, each at most once. */
  Map<String, String> form() {
    requireType("application/x-www-form-urlencoded");
    Map<String, String> fields = new LinkedHashMap<>();
    for (String pair : new String(body(), StandardCharsets.UTF_8).split("&", -1)) {
      int equals = pair.indexOf('=');
      String name = decoded(equals < 0 ? pair : pair.substring(0, equals));
      String value = equals < 0 ? "" : decoded(pair.substring(equals + 1));
      if (fields.put(name, value) != null) {
        throw Problem.badField(shown(name), "this field is given more than once");
      }
    }
    return fields;
  }

  private void requireType(String type) {
    String given = header(Headers.CONTENT_TYPE_STRING).orElse("");
    int semicolon = given.indexOf(';');
    String bare = semicolon < 0 ? given : given.substring(0, semicolon);
    if (!bare.strip().equalsIgnoreCase(type)) {
      throw new ProblemException(Problem.of(415, "the body must be of type " + type));
    }
  }

  private byte[] body() {
    try (InputStream in = exchange.getInputStream()) {
      return in.readAllBytes();
    } catch (RequestTooBigException e) {
      throw new ProblemException(
          Problem.of(413, "a body has at most " + HttpLimits.MAX_BODY_BYTES + " bytes"));
    } catch (IOException e) {
      throw new UncheckedIOException("reading the body", e);
    }
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new ProblemException(Problem.of(400, "the form is not well encoded"));
    }
  }

  /** A name that came from outside, short and without control characters. */
  static String shown(String name) {
    String clean = name.replaceAll("\\p{Cntrl}", "?");
    return clean.length() <= 63 ? clean : clean.substring(0, 63);
  }
}
