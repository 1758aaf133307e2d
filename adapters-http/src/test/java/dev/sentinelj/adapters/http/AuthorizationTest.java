package dev.sentinelj.adapters.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.access.Principal;
import dev.sentinelj.core.access.Role;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AuthorizationTest {
  /** The only ways in that ask for nothing; a new one must be argued for here. */
  private static final Set<String> OPEN =
      Set.of(
          "GET /healthz",
          "GET /ready",
          "GET /metrics",
          "POST /v1/auth/token",
          "POST /v1/auth/api-tokens",
          "GET /",
          "GET /login",
          "POST /login",
          "POST /logout");

  private final TestServer server = new TestServer();

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void routes_withoutRole_areTheKnownOpenOnesAndFilesOfThePage() {
    List<String> open =
        routes().stream()
            .filter(route -> route.role().isEmpty() && !route.template().startsWith("/assets/"))
            .map(AuthorizationTest::name)
            .toList();

    assertThat(open).containsExactlyInAnyOrderElementsOf(OPEN);
  }

  @Test
  void everyRoute_standsInTheDocumentationWithItsRole() throws IOException {
    String documentation = Files.readString(Path.of("..", "docs", "REST.md"));

    assertThat(routes().stream().filter(route -> !route.template().startsWith("/assets/")))
        .isNotEmpty()
        .allSatisfy(route ->
            assertThat(documentation)
                .contains(
                    "| `"
                        + name(route)
                        + "` | "
                        + route.role().map(Role::word).orElse("none")
                        + " |"));
  }

  @Test
  void everyRouteWithRole_admitsThatRoleAndAboveOnly() {
    List<String> wrong = new ArrayList<>();
    int checked = 0;
    for (Route route : routes()) {
      if (route.role().isEmpty()) {
        continue;
      }
      for (Map.Entry<String, Predicate<Role>> credential : credentials().entrySet()) {
        int status = call(route, credential.getKey());
        boolean expected = credential.getValue().test(route.role().get());
        boolean admitted = status != 401 && status != 403;
        if (admitted != expected || status >= 500) {
          wrong.add(name(route) + " with '" + credential.getKey() + "' gave " + status);
        }
        checked++;
      }
    }

    assertThat(wrong).isEmpty();
    assertThat(checked).isGreaterThanOrEqualTo(7 * 10);
  }

  @Test
  void refusal_withoutProof_tellsNothingAboutTheReason() {
    List<String> bodies =
        credentials().keySet().stream()
            .filter(credential -> !credential.contains("token-") && !live(credential))
            .map(credential -> server.get("/v1/status", "Authorization", credential))
            .map(response -> response.statusCode() + response.body() + challenge(response))
            .distinct()
            .toList();

    assertThat(bodies).hasSize(1);
    assertThat(bodies.getFirst()).startsWith("401").endsWith("Bearer");
  }

  @Test
  void refusal_ofTheRole_namesTheRoleThatIsNeeded() {
    HttpResponse<String> response =
        server.postAs(Role.VIEWER, "/v1/join-tokens", "{\"uses\":1,\"ttl_seconds\":60}");

    assertThat(response.statusCode()).isEqualTo(403);
    assertThat(TestServer.json(response).path("detail").asString()).contains("operator");
  }

  private List<Route> routes() {
    return HttpServer.routes(
        server.parts, TestServer.TOKENS, new SessionCookie(TestServer.TOKENS, 1));
  }

  private static String name(Route route) {
    return route.method() + " " + route.template();
  }

  private static String challenge(HttpResponse<String> response) {
    return response.headers().firstValue("WWW-Authenticate").orElse("");
  }

  private boolean live(String credential) {
    return List.of(Role.values()).stream().anyMatch(role -> role(role).equals(credential));
  }

  private final Map<Role, String> bearers = new LinkedHashMap<>();

  private String role(Role role) {
    return bearers.computeIfAbsent(role, server::bearer);
  }

  /** Authorization headers, and what each may do. */
  private Map<String, Predicate<Role>> credentials() {
    long now = TestServer.START;
    Principal admin = new Principal("admin", Role.ADMIN);
    Map<String, Predicate<Role>> credentials = new LinkedHashMap<>();
    for (Role role : Role.values()) {
      credentials.put(role(role), role::covers);
      credentials.put("Bearer token-" + role.word(), role::covers);
    }
    credentials.put("", needed -> false);
    credentials.put("Bearer ", needed -> false);
    credentials.put("Bearer garbage", needed -> false);
    credentials.put("Bearer a.b.c", needed -> false);
    credentials.put("Basic YWRtaW46YWRtaW4tcGFzcw==", needed -> false);
    credentials.put(
        "Bearer " + TestServer.TOKENS.access(admin, now - Tokens.LIFE.toMillis()), needed -> false);
    credentials.put(
        "Bearer " + TestServer.TOKENS.cookie(TestServer.TOKENS.newSession(admin, now), now),
        needed -> false);
    return credentials;
  }

  private int call(Route route, String authorization) {
    String path = route.template().replace("{id}", "nobody") + query(route);
    server.advance(100);
    return route.method().equals("GET")
        ? server.get(path, "Authorization", authorization).statusCode()
        : server.post(path, "{}", "Authorization", authorization).statusCode();
  }

  private static String query(Route route) {
    return route.template().endsWith("/range") ? "?name=x" : "";
  }
}
