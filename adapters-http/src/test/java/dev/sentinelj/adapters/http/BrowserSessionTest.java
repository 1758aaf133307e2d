package dev.sentinelj.adapters.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.access.Role;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BrowserSessionTest {
  private final TestServer server = new TestServer();

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void page_withoutSession_sendsToTheForm() {
    HttpResponse<String> response = server.get("/");

    assertThat(response.statusCode()).isEqualTo(303);
    assertThat(response.headers().firstValue("Location")).contains("/login");
    assertThat(server.get("/login").body()).contains("name=\"password\"").doesNotContain("alert");
  }

  @Test
  void login_withTheRightPassword_opensPageAndApi() {
    HttpResponse<String> response = login("viewer");

    assertThat(response.statusCode()).isEqualTo(303);
    assertThat(response.headers().firstValue("Location")).contains("/");
    assertThat(response.headers().firstValue("Set-Cookie").orElse(""))
        .startsWith("sentinel_session_" + server.server.port() + "=")
        .contains("; Path=/; Max-Age=900; HttpOnly; SameSite=Strict");
    String cookie = cookie(response);
    assertThat(server.get("/", "Cookie", cookie).body()).contains("SentinelJ");
    assertThat(server.get("/v1/status", "Cookie", cookie).statusCode()).isEqualTo(200);
    assertThat(server.get("/login", "Cookie", cookie).statusCode()).isEqualTo(303);
  }

  @Test
  void login_withAWrongPassword_showsTheFormAgain() {
    HttpResponse<String> response = server.form("/login", "user=viewer&password=guess%26more");

    assertThat(response.statusCode()).isEqualTo(401);
    assertThat(response.body()).contains("role=\"alert\"").doesNotContain("guess");
    assertThat(response.headers().firstValue("Set-Cookie")).isEmpty();
  }

  @Test
  void login_afterManyTries_showsHowLongToWait() {
    for (int i = 0; i < HttpLimits.LOGIN_BURST; i++) {
      server.form("/login", "user=viewer&password=guess");
    }

    HttpResponse<String> response = login("viewer");

    assertThat(response.statusCode()).isEqualTo(429);
    assertThat(response.headers().firstValue("Retry-After")).contains("3");
    assertThat(response.body()).contains("Wait 3 s");
  }

  @Test
  void login_withTheStoreGone_saysSo() {
    server.access.down = true;

    assertThat(login("viewer").statusCode()).isEqualTo(503);
  }

  @Test
  void session_inUse_isRenewedAndEndsAfterTwelveHours() {
    String cookie = cookie(login("viewer"));
    long spent = 0;
    while (spent < Tokens.SESSION_LIFE.toMillis() - 600_000) {
      server.advance(600_000);
      spent += 600_000;
      HttpResponse<String> response = server.get("/v1/status", "Cookie", cookie);
      assertThat(response.statusCode()).as("after %s", Duration.ofMillis(spent)).isEqualTo(200);
      cookie = cookie(response);
    }

    server.advance(600_000);

    assertThat(server.get("/v1/status", "Cookie", cookie).statusCode()).isEqualTo(401);
  }

  @Test
  void session_notInUse_endsAfterFifteenMinutes() {
    String cookie = cookie(login("viewer"));

    server.advance(900_000);

    assertThat(server.get("/v1/status", "Cookie", cookie).statusCode()).isEqualTo(401);
    assertThat(server.get("/", "Cookie", cookie).statusCode()).isEqualTo(303);
  }

  @Test
  void logout_endsTheSessionEvenForWhoeverKeptTheCookie() {
    String cookie = cookie(login("viewer"));

    HttpResponse<String> response =
        server.form("/logout", "", "Cookie", cookie, "Sec-Fetch-Site", "same-origin");

    assertThat(response.headers().firstValue("Set-Cookie").orElse("")).contains("Max-Age=0");
    assertThat(server.get("/v1/status", "Cookie", cookie).statusCode()).isEqualTo(401);
  }

  @ParameterizedTest(name = "Sec-Fetch-Site {0}, Origin {1}: {2}")
  @CsvSource({
    "same-origin,own,201",
    "same-origin,null,201",
    "same-origin,,201",
    ",own,201",
    ",,403",
    ",null,403",
    ",http://evil.example,403",
    ",http://127.0.0.1:1,403",
    "same-site,own,403",
    "cross-site,own,403",
    "cross-site,null,403",
    "none,own,403",
    "same-origin,http://evil.example,403",
  })
  void writing_withACookie_mustComeFromOurOwnPage(
      @Nullable String site, @Nullable String origin, int status) {
    String cookie = cookie(login("operator"));
    String[] headers =
        headers(site, origin == null ? null : origin.replace("own", server.url()), cookie);

    HttpResponse<String> response =
        server.post("/v1/join-tokens", "{\"uses\":1,\"ttl_seconds\":60}", headers);

    assertThat(response.statusCode()).isEqualTo(status);
  }

  @Test
  void login_fromAPageOfSomebodyElse_isRefused() {
    HttpResponse<String> response =
        server.form("/login", "user=viewer&password=viewer-pass", "Sec-Fetch-Site", "cross-site");

    assertThat(response.statusCode()).isEqualTo(403);
  }

  @Test
  void bearer_besideACookie_isWhatCounts() {
    String cookie = cookie(login("admin"));

    HttpResponse<String> response =
        server.get("/v1/status", "Cookie", cookie, "Authorization", "Bearer garbage");

    assertThat(response.statusCode()).isEqualTo(401);
  }

  @Test
  void everyAnswer_carriesTheHeadersThatKeepBrowsersSafe() {
    Map<String, String> expected =
        Map.of(
            "X-Content-Type-Options", "nosniff",
            "Referrer-Policy", "no-referrer",
            "X-Frame-Options", "DENY",
            "Cache-Control", "no-store");

    for (String path : new String[] {"/healthz", "/login", "/", "/v1/status", "/nothing"}) {
      HttpResponse<String> response = server.get(path);
      expected.forEach((name, value) ->
          assertThat(response.headers().allValues(name))
              .as(path + " " + name)
              .containsExactly(value));
      assertThat(response.headers().firstValue("Content-Security-Policy").orElse(""))
          .as(path)
          .contains("default-src 'self'", "frame-ancestors 'none'")
          .doesNotContain("unsafe");
    }
  }

  @Test
  void asset_heldAlready_isNotSentAgain() {
    HttpResponse<String> first = server.get("/assets/uplot.js");
    String tag = first.headers().firstValue("ETag").orElse("");

    HttpResponse<String> second = server.get("/assets/uplot.js", "If-None-Match", tag);

    assertThat(first.body()).contains("uPlot");
    assertThat(first.headers().firstValue("Content-Type"))
        .contains("text/javascript; charset=utf-8");
    assertThat(second.statusCode()).isEqualTo(304);
    assertThat(server.get("/assets/../login.html").statusCode()).isEqualTo(404);
    assertThat(server.getAs(Role.ADMIN, "/assets/%2e%2e/login.html").statusCode()).isEqualTo(404);
  }

  private HttpResponse<String> login(String user) {
    return server.form("/login", "user=" + user + "&password=" + user + "-pass");
  }

  private static String cookie(HttpResponse<String> response) {
    return response.headers().firstValue("Set-Cookie").orElse("").split(";", 2)[0];
  }

  private static String[] headers(@Nullable String site, @Nullable String origin, String cookie) {
    List<String> headers = new ArrayList<>(List.of("Cookie", cookie));
    if (site != null) {
      headers.addAll(List.of("Sec-Fetch-Site", site));
    }
    if (origin != null) {
      headers.addAll(List.of("Origin", origin));
    }
    return headers.toArray(String[]::new);
  }
}
