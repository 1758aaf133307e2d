package dev.sentinelj.adapters.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sentinelj.core.access.Role;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.signing.Secret;
import dev.sentinelj.ports.driven.MetricQueries.RangeQuery;
import dev.sentinelj.ports.driving.ServerStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class RestApiTest {
  private static final String AGENT = "/v1/metrics/agents/web-1";

  private final TestServer server = new TestServer();

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void healthz_always_saysOk() {
    HttpResponse<String> response = server.get("/healthz");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("{\"status\":\"ok\"}");
  }

  @Test
  void ready_tellsDetailsOnlyToWhoeverLoggedIn() {
    assertThat(server.get("/ready").body())
        .isEqualTo("{\"ready\":true,\"parts\":[{\"name\":\"bus\",\"ready\":true}]}");
    assertThat(server.get("/ready", "Authorization", "Bearer wrong").body())
        .doesNotContain("detail");
    assertThat(server.getAs(Role.VIEWER, "/ready").body())
        .contains("\"detail\":\"partition 0 at 17\"");
  }

  @Test
  void ready_withAPartThatIsNot_is503() {
    server.report.set(
        new ServerStatus.Report(List.of(new ServerStatus.Part("store", false, "down")), Map.of()));

    HttpResponse<String> response = server.get("/ready");

    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(TestServer.json(response).path("ready").asBoolean()).isFalse();
  }

  @Test
  void metrics_isPrometheusText() {
    HttpResponse<String> response = server.get("/metrics");

    assertThat(response.body()).isEqualTo("# TYPE up gauge\nup 1\n");
    assertThat(response.headers().firstValue("Content-Type"))
        .contains("text/plain; version=0.0.4; charset=utf-8");
  }

  @Test
  void status_withTheStoreGone_stillTellsTheRest() {
    server.queries.down = true;

    JsonNode status = TestServer.json(server.getAs(Role.VIEWER, "/v1/status"));

    assertThat(status.path("store").asString()).isEqualTo("does not answer");
    assertThat(status.path("counters").path("batches_accepted").asInt()).isEqualTo(12);
    assertThat(status.path("parts").path(0).path("detail").asString()).contains("17");
  }

  @Test
  void accessToken_forTheRightPassword_opensTheApi() {
    JsonNode answer =
        TestServer.json(
            server.post(
                "/v1/auth/token", "{\"user\":\"operator\",\"password\":\"operator-pass\"}"));

    assertThat(answer.path("token_type").asString()).isEqualTo("Bearer");
    assertThat(answer.path("expires_in").asInt()).isEqualTo(900);
    assertThat(answer.path("role").asString()).isEqualTo("operator");
    String bearer = "Bearer " + answer.path("access_token").asString();
    assertThat(server.get("/v1/status", "Authorization", bearer).statusCode()).isEqualTo(200);
    server.advance(900_000);
    assertThat(server.get("/v1/status", "Authorization", bearer).statusCode()).isEqualTo(401);
  }

  @ParameterizedTest
  @ValueSource(strings = {"viewer", "nobody"})
  void accessToken_forAWrongPassword_saysTheSameForEveryName(String user) {
    HttpResponse<String> response =
        server.post("/v1/auth/token", "{\"user\":\"" + user + "\",\"password\":\"guess\"}");

    assertThat(response.statusCode()).isEqualTo(401);
    assertThat(response.body())
        .isEqualTo(
            "{\"type\":\"about:blank\",\"title\":\"Unauthorized\",\"status\":401,"
                + "\"detail\":\"the name or the password is wrong\"}");
  }

  @Test
  void accessToken_afterManyTries_isToldToWait() {
    String wrong = "{\"user\":\"viewer\",\"password\":\"guess\"}";
    String right = "{\"user\":\"viewer\",\"password\":\"viewer-pass\"}";
    for (int i = 0; i < HttpLimits.LOGIN_BURST; i++) {
      assertThat(server.post("/v1/auth/token", wrong).statusCode()).isEqualTo(401);
    }

    HttpResponse<String> response = server.post("/v1/auth/token", right);

    assertThat(response.statusCode()).isEqualTo(429);
    assertThat(response.headers().firstValue("Retry-After")).contains("3");
    server.advance(3_000);
    assertThat(server.post("/v1/auth/token", right).statusCode()).isEqualTo(200);
  }

  @Test
  void accessToken_withTheStoreGone_is503AndTellsNothingOfIt() {
    server.access.down = true;

    HttpResponse<String> response =
        server.post("/v1/auth/token", "{\"user\":\"viewer\",\"password\":\"viewer-pass\"}");

    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.headers().firstValue("Retry-After")).contains("1");
    assertThat(response.body()).doesNotContain("operators are out");
  }

  @Test
  void apiToken_byPassword_worksEvenWithAnOldCredentialBesideIt() {
    String body =
        "{\"user\":\"admin\",\"password\":\"admin-pass\",\"name\":\"cli\",\"ttl_days\":90}";

    HttpResponse<String> response =
        server.post("/v1/auth/api-tokens", body, "Authorization", "Bearer long-gone");

    assertThat(response.statusCode()).isEqualTo(201);
    assertThat(response.body())
        .isEqualTo(
            "{\"token\":\"made-token\",\"role\":\"admin\",\"expires_at\":\"2026-05-30T12:00:00.000Z\"}");
    assertThat(server.access.created).containsExactly("admin cli admin 7776000000");
  }

  @Test
  void apiToken_byBearer_mayBeOfALowerRoleAndNotOfAHigherOne() {
    String lower = "{\"name\":\"wall\",\"role\":\"viewer\",\"ttl_days\":1}";
    String higher = "{\"name\":\"wall\",\"role\":\"admin\",\"ttl_days\":1}";

    assertThat(server.postAs(Role.OPERATOR, "/v1/auth/api-tokens", lower).statusCode())
        .isEqualTo(201);
    assertFault(server.postAs(Role.OPERATOR, "/v1/auth/api-tokens", higher), 400, "role");
    assertThat(server.post("/v1/auth/api-tokens", lower).statusCode()).isEqualTo(401);
    assertThat(server.access.created).containsExactly("operator wall viewer 86400000");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"ttl_days\":1}|name",
        "{\"name\":\"\",\"ttl_days\":1}|name",
        "{\"name\":7,\"ttl_days\":1}|name",
        "{\"name\":\"x\"}|ttl_days",
        "{\"name\":\"x\",\"ttl_days\":0}|ttl_days",
        "{\"name\":\"x\",\"ttl_days\":366}|ttl_days",
        "{\"name\":\"x\",\"ttl_days\":1.5}|ttl_days",
        "{\"name\":\"x\",\"ttl_days\":99999999999999999999}|ttl_days",
        "{\"name\":\"x\",\"ttl_days\":1,\"role\":\"root\"}|role",
        "{\"name\":\"x\",\"ttl_days\":1,\"extra\":1}|extra",
        "{\"name\":\"x\",\"ttl_days\":1,\"user\":\"admin\"}|password",
      })
  void apiToken_withAFault_namesTheField(String body, String field) {
    assertFault(server.postAs(Role.ADMIN, "/v1/auth/api-tokens", body), 400, field);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[]", "7", "{\"uses\":1}x", "{\"uses\":1,\"uses\":2}", "\u0000"})
  void post_withABodyThatIsNoObject_saysSo(String body) {
    HttpResponse<String> response = server.postAs(Role.ADMIN, "/v1/join-tokens", body);

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(TestServer.json(response).path("detail").asString()).startsWith("the body ");
    assertThat(response.body()).doesNotContain("tools.jackson");
  }

  @Test
  void joinToken_isMadeAsAsked() {
    HttpResponse<String> response =
        server.postAs(
            Role.OPERATOR,
            "/v1/join-tokens",
            "{\"agent\":\"web-1\",\"labels\":{\"site\":\"lab\"},\"uses\":3,\"ttl_seconds\":3600}");

    assertThat(response.statusCode()).isEqualTo(201);
    assertThat(response.body())
        .isEqualTo(
            "{\"token\":\"join-operator\",\"uses\":3,\"expires_at\":\"2026-03-01T13:00:00.000Z\"}");
    assertThat(server.joinRequest.get().agent()).contains(new AgentId("web-1"));
    assertThat(server.joinRequest.get().labels()).isEqualTo(Map.of("site", "lab"));
    assertThat(server.joinRequest.get().ttl()).isEqualTo(Duration.ofHours(1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"ttl_seconds\":60}|uses",
        "{\"uses\":1001,\"ttl_seconds\":60}|uses",
        "{\"uses\":1,\"ttl_seconds\":59}|ttl_seconds",
        "{\"uses\":1,\"ttl_seconds\":2592001}|ttl_seconds",
        "{\"uses\":1,\"ttl_seconds\":60,\"agent\":\"../x\"}|agent",
        "{\"uses\":1,\"ttl_seconds\":60,\"labels\":[]}|labels",
        "{\"uses\":1,\"ttl_seconds\":60,\"labels\":{\"a\":1}}|labels",
      })
  void joinToken_withAFault_namesTheField(String body, String field) {
    assertFault(server.postAs(Role.OPERATOR, "/v1/join-tokens", body), 400, field);
  }

  @Test
  void joinToken_refusedByTheUseCase_passesItsWords() {
    HttpResponse<String> response =
        server.postAs(
            Role.OPERATOR,
            "/v1/join-tokens",
            "{\"uses\":1,\"ttl_seconds\":60,\"labels\":{\"bad\":\"x\"}}");

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(TestServer.json(response).path("detail").asString()).isEqualTo("labels: bad is bad");
  }

  @Test
  void agents_arePagedInOrderOfId() {
    server.enter("a", "b", "c");

    JsonNode first = TestServer.json(server.getAs(Role.VIEWER, "/v1/agents?limit=2"));
    String cursor = first.path("next_cursor").asString();
    JsonNode second =
        TestServer.json(server.getAs(Role.VIEWER, "/v1/agents?limit=2&cursor=" + cursor));

    assertThat(ids(first)).containsExactly("a", "b");
    assertThat(ids(second)).containsExactly("c");
    assertThat(second.path("next_cursor").asString()).isEmpty();
    assertFault(server.getAs(Role.VIEWER, "/v1/agents?cursor=%21"), 400, "cursor");
    assertFault(server.getAs(Role.VIEWER, "/v1/agents?limit=0"), 400, "limit");
    assertFault(server.getAs(Role.VIEWER, "/v1/agents?limit=1&limit=2"), 400, "limit");
    assertFault(server.getAs(Role.VIEWER, "/v1/agents?page=2"), 400, "page");
  }

  @ParameterizedTest(name = "{0} ms after it was heard: {1}")
  @CsvSource({"0,up", "29999,up", "30000,late", "119999,late", "120000,silent"})
  void agent_isUpLateOrSilent(long sinceMillis, String status) {
    server.enter("web-1");
    server.registry.heard(new AgentId("web-1"), "0.1.0", TestServer.START);
    server.advance(sinceMillis);

    JsonNode agent = TestServer.json(server.getAs(Role.VIEWER, "/v1/agents/web-1"));

    assertThat(agent.path("status").asString()).isEqualTo(status);
    assertThat(agent.path("last_heard_at").asString()).isEqualTo("2026-03-01T12:00:00.000Z");
  }

  @Test
  void agent_neverHeard_isSilentWithAllItsCounts() {
    server.enter("web-1");

    HttpResponse<String> response = server.getAs(Role.VIEWER, "/v1/agents/web-1");

    assertThat(response.body())
        .isEqualTo(
            "{\"id\":\"web-1\",\"version\":\"0.1.0\",\"labels\":{\"site\":\"lab\"},"
                + "\"registered_at\":\"2026-03-01T12:00:00.000Z\",\"last_heard_at\":\"\","
                + "\"status\":\"silent\",\"epochs\":[{\"epoch\":\"000000000000beef\",\"through\":7,"
                + "\"collected\":100,\"stored\":90,\"quarantined\":5,\"lost\":2,\"overflow\":1,"
                + "\"moved\":0,\"in_flight\":2,\"unaccounted\":0,\"closed\":false,\"forked\":true}]}");
  }

  @Test
  void audit_ofAnAgent_hasTotalsAndTheWorstVerdict() {
    HttpResponse<String> response = server.getAs(Role.VIEWER, "/v1/audit?agent=web-1");

    assertThat(response.body())
        .isEqualTo(
            "{\"agent_id\":\"web-1\",\"at\":\"2026-03-01T12:00:00.000Z\",\"accounted\":false,"
                + "\"verdict\":\"unaccounted\",\"totals\":{\"collected\":121,\"stored\":100,"
                + "\"quarantined\":5,\"lost\":2,\"overflow\":1,\"moved\":3,\"in_flight\":9,"
                + "\"unaccounted\":1},\"epochs\":["
                + "{\"epoch\":\"000000000000beef\",\"verdict\":\"in_flight\",\"counts\":{\"collected\":120,"
                + "\"stored\":100,\"quarantined\":5,\"lost\":2,\"overflow\":1,\"moved\":3,"
                + "\"in_flight\":9,\"unaccounted\":0},\"findings\":[]},"
                + "{\"epoch\":\"000000000000dead\",\"verdict\":\"unaccounted\",\"counts\":{\"collected\":1,"
                + "\"stored\":0,\"quarantined\":0,\"lost\":0,\"overflow\":0,\"moved\":0,"
                + "\"in_flight\":0,\"unaccounted\":1},\"findings\":[\"one is gone\"]}]}");
    assertFault(server.getAs(Role.VIEWER, "/v1/audit"), 400, "agent");
    assertFault(server.getAs(Role.VIEWER, "/v1/audit?agent=../x"), 400, "agent");
  }

  @Test
  void audit_whileOthersRun_is503AndSaysWhy() {
    server.auditsBusy.set(true);

    HttpResponse<String> response = server.getAs(Role.VIEWER, "/v1/audit?agent=web-1");

    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.headers().firstValue("Retry-After")).contains("5");
    assertThat(TestServer.json(response).path("detail").asString())
        .isEqualTo("another audit is under way, try again");
  }

  @Test
  void agent_showsItsHardwareIdToOperatorsOnly() {
    server.enter("web-1");

    assertThat(server.getAs(Role.OPERATOR, "/v1/agents/web-1").body()).contains("hw-web-1");
    assertThat(server.getAs(Role.OPERATOR, "/v1/agents").body()).contains("hw-web-1");
    assertThat(server.getAs(Role.VIEWER, "/v1/agents").body()).doesNotContain("hw-web-1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nobody", "..%2f..%2fetc", "UPPER", "%00", "a%20b"})
  void agent_unknown_is404(String id) {
    assertThat(server.getAs(Role.VIEWER, "/v1/agents/" + id).statusCode()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/audit?agent=ID",
        "/v1/quarantine?agent=ID",
        "/v1/metrics/agents/ID/latest",
        "/v1/metrics/agents/ID/range?name=x"
      })
  void agentOfWhichThereIsNothing_is404_unlessItIsKnown(String path) {
    server.enter("web-2");

    assertThat(server.getAs(Role.VIEWER, path.replace("ID", "web-2")).statusCode()).isEqualTo(200);
    HttpResponse<String> unknown = server.getAs(Role.VIEWER, path.replace("ID", "nobody"));
    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(unknown.body()).contains("there is no agent 'nobody'");
  }

  @Test
  void unknownNames_whereNoneAreKnown_areToldSo() {
    HttpResponse<String> field =
        server.postAs(Role.OPERATOR, "/v1/quarantine/5/replay", "{\"a\":1}");
    HttpResponse<String> parameter = server.getAs(Role.VIEWER, "/v1/agents/web-1?a=1");

    assertFault(field, 400, "a");
    assertThat(field.body()).contains("unknown field, the body must be {}");
    assertFault(parameter, 400, "a");
    assertThat(parameter.body()).contains("unknown parameter, there are none here");
  }

  @Test
  void latest_looksBackFifteenMinutesUnlessTold() {
    HttpResponse<String> response = server.getAs(Role.VIEWER, AGENT + "/latest?prefix=system.cpu");
    server.getAs(Role.VIEWER, AGENT + "/latest?since=2026-03-01T11:59:59Z&limit=5");

    assertThat(response.body())
        .isEqualTo(
            "{\"agent_id\":\"web-1\",\"items\":[{\"name\":\"system.cpu.utilization\","
                + "\"type\":\"gauge\",\"unit\":\"1\",\"labels\":{\"cpu.mode\":\"user\"},"
                + "\"time\":\"2026-03-01T12:00:00.000Z\",\"value\":0.25}]}");
    assertThat(server.queries.prefixes)
        .containsExactly(
            "system.cpu@" + (TestServer.START - 900_000) + "#1000",
            "@" + (TestServer.START - 1_000) + "#5");
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void values_thatJsonDoesNotHave_areLeftOut(double value) {
    server.queries.value = value;

    String latest = server.getAs(Role.VIEWER, AGENT + "/latest").body();
    String range = server.getAs(Role.VIEWER, AGENT + "/range?name=x").body();

    assertThat(latest + range).doesNotContain("NaN", "Infinity", "null");
    assertThat(TestServer.json(server.getAs(Role.VIEWER, AGENT + "/latest")).path("items"))
        .isEmpty();
  }

  @Test
  void range_passesOnWhatWasAsked() {
    HttpResponse<String> response =
        server.getAs(
            Role.VIEWER,
            AGENT
                + "/range?name=system.cpu.utilization&from=2026-03-01T11:00:00Z"
                + "&to=2026-03-01T11:30:00.500Z&step=60&label.cpu.mode=user&label.cpu.logical_number=0");

    assertThat(server.queries.asked)
        .containsExactly(
            new RangeQuery(
                new AgentId("web-1"),
                "system.cpu.utilization",
                Map.of("cpu.mode", "user", "cpu.logical_number", "0"),
                TestServer.START - 3_600_000,
                TestServer.START - 1_799_500,
                60_000,
                100,
                20_000));
    assertThat(response.body())
        .isEqualTo(
            "{\"agent_id\":\"web-1\",\"name\":\"system.cpu.utilization\","
                + "\"from\":\"2026-03-01T11:00:00.000Z\",\"to\":\"2026-03-01T11:30:00.500Z\","
                + "\"step\":60,\"items\":[{\"name\":\"system.cpu.utilization\",\"type\":\"gauge\","
                + "\"unit\":\"1\",\"labels\":{\"cpu.mode\":\"user\"},\"points\":"
                + "[[\"2026-03-01T11:59:50.000Z\",0.125],[\"2026-03-01T12:00:00.000Z\",0.25]],"
                + "\"cut\":true}]}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "|name",
        "name=|name",
        "name=x&from=yesterday|from",
        "name=x&to=2026-03-01T12:00:00|to",
        "name=x&from=%2B99999-01-01T00:00:00Z|from",
        "name=x&from=2026-03-01T12:00:00Z&to=2026-03-01T12:00:00Z|from",
        "name=x&from=2026-01-01T00:00:00Z&to=2026-03-01T12:00:00Z|from",
        "name=x&step=-1|step",
        "name=x&step=86401|step",
        "name=x&step=1m|step",
        "name=x&from=2026-02-01T00:00:00Z&to=2026-03-01T00:00:00Z&step=1|step",
        "name=x&labels=y|labels",
        "name=x&label.a=1&label.a=2|label.a",
      })
  void range_withAFault_namesTheParameter(@Nullable String query, String field) {
    String path = AGENT + "/range" + (query == null ? "" : "?" + query);

    assertFault(server.getAs(Role.VIEWER, path), 400, field);
  }

  @Test
  void query_withTheStoreGone_is503AndTellsNothingOfIt() {
    server.queries.down = true;

    HttpResponse<String> response = server.getAs(Role.VIEWER, AGENT + "/latest");

    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.body()).doesNotContain("secret-host");
  }

  @Test
  void unknownPath_isAProblem() {
    HttpResponse<String> response = server.get("/v1/nothing");

    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
    assertThat(TestServer.json(response).path("title").asString()).isEqualTo("Not Found");
  }

  @Test
  void address_encoded_isReadAsItWasMeant() {
    server.getAs(Role.VIEWER, AGENT + "/latest?pr%65fix=a%2Bb+c%2Fd");

    assertThat(server.queries.prefixes.getLast()).startsWith("a+b c/d@");
    assertFault(server.getAs(Role.VIEWER, "/v1/agents?limit=1&l%69mit=2"), 400, "limit");
  }

  @Test
  void wrongMethod_namesTheRightOnes() {
    HttpResponse<String> response = server.method("DELETE", "/v1/agents");

    assertThat(response.statusCode()).isEqualTo(405);
    assertThat(response.headers().firstValue("Allow")).contains("GET");
    assertThat(server.method("HEAD", "/healthz").statusCode()).isEqualTo(200);
  }

  @Test
  void body_ofAnotherType_is415() {
    assertThat(server.form("/v1/auth/token", "user=admin&password=admin-pass").statusCode())
        .isEqualTo(415);
  }

  @Test
  void body_tooBig_is413() {
    String big = "{\"user\":\"" + "x".repeat(HttpLimits.MAX_BODY_BYTES) + "\"}";

    assertThat(server.post("/v1/auth/token", big).statusCode()).isEqualTo(413);
  }

  @Test
  void requests_tooManyFromOneAddress_areToldToWait() {
    for (int i = 0; i < HttpLimits.REQUEST_BURST; i++) {
      server.get("/healthz");
    }

    HttpResponse<String> response = server.get("/healthz");

    assertThat(response.statusCode()).isEqualTo(429);
    assertThat(response.headers().firstValue("Retry-After")).contains("1");
    server.advance(1_000);
    assertThat(server.get("/healthz").statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"evil.example", "evil.example:PORT", "127.0.0.1:1", "127.0.0.1.evil.example:PORT"})
  void host_thatIsNotOurs_is421(String host) throws IOException {
    String named = host.replace("PORT", Integer.toString(server.server.port()));

    assertThat(raw("GET /healthz HTTP/1.1\r\nHost: " + named + "\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 421");
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "LOCALHOST", "127.0.0.1", "[::1]"})
  void host_thatIsOurs_isServed(String host) throws IOException {
    String request = "GET /healthz HTTP/1.1\r\nHost: " + host + ":" + server.server.port();

    assertThat(raw(request + "\r\nConnection: close\r\n\r\n")).startsWith("HTTP/1.1 200");
  }

  @Test
  void start_onAPortInUse_namesAddressAndPort() {
    HttpServer.Parts taken = parts("127.0.0.1", server.server.port());

    assertThatThrownBy(() -> new HttpServer(taken).start())
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("127.0.0.1:" + server.server.port())
        .hasMessageContaining("in use");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "192.0.2.1", "::"})
  void parts_reachableFromElsewhere_areRefused(String address) {
    assertThatThrownBy(() -> parts(address, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("TLS")
        .hasMessageContaining("127.0.0.1");
  }

  private HttpServer.Parts parts(String address, int port) {
    HttpServer.Parts like = server.parts;
    return new HttpServer.Parts(
        like.access(),
        like.enrol(),
        like.status(),
        like.queries(),
        like.quarantine(),
        like.replay(),
        like.registry(),
        like.audits(),
        like.prometheus(),
        like.clock(),
        Secret.of(new byte[Secret.BYTES]),
        InetAddress.ofLiteral(address),
        port);
  }

  private String raw(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), server.server.port())) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static List<String> ids(JsonNode page) {
    return page.path("items").valueStream().map(agent -> agent.path("id").asString()).toList();
  }

  private static void assertFault(HttpResponse<String> response, int status, String field) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(Optional.of(TestServer.json(response).path("field").asString(""))).contains(field);
    assertThat(TestServer.json(response).path("detail").asString()).isNotBlank();
  }
}
