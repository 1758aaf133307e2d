package dev.sentinelj.runners.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Calls the REST API. The old URL connection starts a hundred milliseconds sooner than the new
 * client.
 */
final class ApiClient {
  static final JsonMapper JSON = JsonMapper.shared();
  private static final int CONNECT_MILLIS = 3_000;
  private static final int READ_MILLIS = 30_000;
  private static final int MAX_PORT = 65_535;

  private final ApiContext api;
  private final Map<String, String> optionNames;
  private final String credential;

  private ApiClient(ApiContext api, Map<String, String> optionNames, String credential) {
    this.api = api;
    this.optionNames = Map.copyOf(optionNames);
    this.credential = credential;
  }

  /** The server of the option, else of {@code SENTINEL_URL}, else the one that is kept. */
  static ApiClient of(CliContext context, @Nullable String server) {
    ApiContext kept = ApiContext.read(context.home());
    Optional<String> variable = context.variable("SENTINEL_URL");
    String named = server != null ? server : variable.orElse(kept.url());
    if (!isAddress(named)) {
      String elsewhere =
          variable.isPresent()
              ? "SENTINEL_URL"
              : context.home().resolve(ApiContext.FILE).toString();
      throw noAddress((server != null ? "--server" : elsewhere) + ": ", named);
    }
    String url = named.endsWith("/") ? named.substring(0, named.length() - 1) : named;
    Optional<String> token = context.variable("SENTINEL_TOKEN");
    if (token.isPresent() && !token.get().matches("[\\x21-\\x7e]+")) {
      throw new CliException(
          ExitCode.USAGE, "SENTINEL_TOKEN is no token: it has a blank or a line break in it");
    }
    Optional<String> shown = token.isPresent() || !url.equals(kept.url()) ? token : kept.token();
    String credential = credential(url, kept, context.home().resolve(ApiContext.FILE));
    return new ApiClient(
        new ApiContext(url, shown),
        Map.of(),
        token.isPresent() ? "the token in SENTINEL_TOKEN is not good at " + url : credential);
  }

  /** What is known of the token for {@code url}, for when the server does not like it. */
  private static String credential(String url, ApiContext kept, Path file) {
    String login = "run sentinel login --server " + url;
    String other =
        kept.token().isPresent() && !kept.url().equals(url)
            ? " (it has one for " + kept.url() + ")"
            : "";
    return kept.token().isPresent() && kept.url().equals(url)
        ? "the token in " + file + " is not good at " + url + ": " + login
        : "there is no token for "
            + url
            + " in "
            + file
            + other
            + ": name the directory of its sentinel up with SENTINEL_HOME, the server as it is"
            + " written there with --server, or "
            + login;
  }

  private static boolean isAddress(String url) {
    try {
      URI uri = URI.create(url);
      return uri.getRawAuthority() != null
          && uri.getPort() <= MAX_PORT
          && uri.toURL().getProtocol().matches("https?");
    } catch (IllegalArgumentException | MalformedURLException e) {
      return false;
    }
  }

  private static CliException noAddress(String where, String url) {
    return new CliException(
        ExitCode.USAGE,
        where
            + "'"
            + Table.clean(url)
            + "' is not the address of a server, such as http://127.0.0.1:8080");
  }

  /** The same, where a fault of a field of the API is told under the name the user knows. */
  ApiClient naming(Map<String, String> names) {
    return new ApiClient(api, names, credential);
  }

  String url() {
    return api.url();
  }

  /**
   * The answer to a question.
   *
   * @param field what every answer to it has; another server would not know
   */
  JsonNode get(String path, String field) {
    JsonNode answer = call("GET", path, null).answer();
    if (!answer.has(field)) {
      throw new CliException(ExitCode.FAILED, notOurs());
    }
    return answer;
  }

  JsonNode post(String path, Object body) {
    return call("POST", path, JSON.writeValueAsBytes(body)).answer();
  }

  /** Like {@link #post}, but an answer that says no is an answer too. */
  Reply tell(String path, Object body) {
    return exchange("POST", path, JSON.writeValueAsBytes(body));
  }

  /** Like {@link #get}, but an answer that says no is an answer too. */
  Reply ask(String path) {
    return exchange("GET", path, null);
  }

  static String query(Map<String, String> parameters) {
    return parameters.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + encode(entry.getValue()))
        .collect(Collectors.joining("&", "?", ""));
  }

  static String encode(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  record Reply(int status, JsonNode answer) {}

  private Reply call(String method, String path, byte @Nullable [] body) {
    Reply reply = exchange(method, path, body);
    if (reply.status() >= 400) {
      int code = exitCode(reply.status());
      throw new CliException(code, problem(reply));
    }
    return reply;
  }

  private Reply exchange(String method, String path, byte @Nullable [] body) {
    try {
      HttpURLConnection connection = connect(method, path);
      if (body != null) {
        connection.setDoOutput(true);
        connection.setRequestProperty("Content-Type", "application/json");
        try (OutputStream out = connection.getOutputStream()) {
          out.write(body);
        }
      }
      return read(connection);
    } catch (IllegalArgumentException e) {
      throw noAddress("", api.url());
    } catch (IOException e) {
      throw new CliException(
          ExitCode.UNREACHABLE,
          "no server answers at "
              + api.url()
              + ": start one with ./sentinel up, or name another with --server URL");
    } catch (JacksonException e) {
      throw new CliException(ExitCode.FAILED, notOurs());
    }
  }

  private HttpURLConnection connect(String method, String path) throws IOException {
    URI uri = URI.create(api.url() + path);
    if (!(uri.toURL().openConnection() instanceof HttpURLConnection connection)) {
      throw new IllegalArgumentException("not HTTP");
    }
    connection.setRequestMethod(method);
    connection.setInstanceFollowRedirects(false);
    connection.setConnectTimeout(CONNECT_MILLIS);
    connection.setReadTimeout(READ_MILLIS);
    connection.setRequestProperty("Accept", "application/json");
    api.token()
        .ifPresent(token -> connection.setRequestProperty("Authorization", "Bearer " + token));
    return connection;
  }

  private static Reply read(HttpURLConnection connection) throws IOException {
    int status = connection.getResponseCode();
    try (InputStream in =
        status >= 400 ? connection.getErrorStream() : connection.getInputStream()) {
      byte[] bytes = in == null ? new byte[0] : in.readAllBytes();
      return new Reply(status, bytes.length == 0 ? JSON.createObjectNode() : JSON.readTree(bytes));
    }
  }

  static int exitCode(int status) {
    return switch (status) {
      case 400 -> ExitCode.USAGE;
      case 401, 403 -> ExitCode.UNAUTHORIZED;
      default -> ExitCode.FAILED;
    };
  }

  private String notOurs() {
    return "what answers at " + api.url() + " is not a SentinelJ server";
  }

  /** What an answer that says no says. */
  String problem(Reply reply) {
    String detail = named(reply.answer());
    String words = detail.isEmpty() ? "the server answered " + reply.status() : detail;
    return reply.status() == 401 ? words + ": " + credential : words;
  }

  private String named(JsonNode problem) {
    String detail = problem.path("detail").asString(problem.path("title").asString(""));
    String field = problem.path("field").asString("");
    String option = optionNames.get(field);
    if (option == null) {
      return detail;
    }
    return detail.startsWith(field + " ")
        ? option + detail.substring(field.length())
        : option + ": " + detail;
  }
}
