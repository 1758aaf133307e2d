package dev.sentinelj.adapters.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.adapters.memory.InMemoryPartitionStore;
import dev.sentinelj.core.access.Role;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.wire.WireWriter;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.PartitionTransaction.QuarantineRow;
import dev.sentinelj.ports.driving.QuarantineReplay.Answer;
import dev.sentinelj.testkit.TestBatches;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class QuarantineApiTest {
  private static final BatchId ID = new BatchId(new EpochId(new AgentId("web-1"), 0xBEEFL), 7);

  private final TestServer server = new TestServer();

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void list_tellsTheNewestFirst() {
    keep(row(Optional.empty(), "bad_frame", new byte[] {1}));
    keep(row(Optional.of(ID), "malformed", new byte[] {1, 2}));

    JsonNode items = viewed("/v1/quarantine").path("items");

    assertThat(items.path(0).toString())
        .isEqualTo(
            "{\"id\":"
                + items.path(0).path("id")
                + ",\"agent\":\"web-1\",\"epoch\":\"000000000000beef\",\"seq\":7,"
                + "\"reason\":\"malformed\",\"detail\":\"why\","
                + "\"received_at\":\"2026-03-01T12:00:00.000Z\",\"samples\":10,\"size\":2,"
                + "\"replayable\":true,\"replayed_at\":\"\",\"replayed_by\":\"\"}");
    assertThat(items.path(1).path("agent").asString()).isEmpty();
    assertThat(items.path(1).has("epoch")).isFalse();
    assertThat(items.path(1).path("replayable").asBoolean()).isFalse();
  }

  @Test
  void list_inPages_tellsEveryRowOnce() {
    for (int i = 0; i < 3; i++) {
      keep(row(Optional.of(ID), "reason-" + i, new byte[1]));
    }

    JsonNode first = viewed("/v1/quarantine?limit=2");
    JsonNode second =
        viewed("/v1/quarantine?limit=2&cursor=" + first.path("next_cursor").asString());

    assertThat(first.path("items"))
        .extracting(QuarantineApiTest::reason)
        .containsExactly("reason-2", "reason-1");
    assertThat(second.path("items"))
        .extracting(QuarantineApiTest::reason)
        .containsExactly("reason-0");
    assertThat(second.path("next_cursor").asString()).isEmpty();
  }

  @Test
  void list_filtersByAgentAndReason() {
    keep(row(Optional.of(ID), "malformed", new byte[1]));
    keep(row(Optional.of(ID), "nan", new byte[1]));
    keep(row(Optional.empty(), "bad_frame", new byte[1]));

    assertThat(viewed("/v1/quarantine?agent=web-1&reason=nan").path("items")).hasSize(1);
    assertThat(viewed("/v1/quarantine?agent=web-1").path("items")).hasSize(2);
    server.enter("web-2");
    assertThat(viewed("/v1/quarantine?agent=web-2").path("items")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "agent=../x",
        "reason=bogus",
        "cursor=x",
        "cursor=-1",
        "limit=0",
        "limit=1001",
        "foo=1"
      })
  void list_withAFault_namesTheParameter(String query) {
    HttpResponse<String> response = server.getAs(Role.VIEWER, "/v1/quarantine?" + query);

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(TestServer.json(response).path("field").asString())
        .isEqualTo(query.substring(0, query.indexOf('=')));
  }

  @Test
  void list_withAnUnknownReason_namesTheKnownOnes() {
    assertThat(server.getAs(Role.VIEWER, "/v1/quarantine?reason=bogus").body())
        .contains("reason must be one of bad_frame, unknown_agent")
        .contains("nan, time");
  }

  @Test
  void one_tellsWhatTheHeaderOfTheBatchSays() {
    SignedBatch batch = TestBatches.opaque(ID, 10, 100);
    long id = keep(row(Optional.of(ID), "malformed", stored(batch)));

    JsonNode header = viewed("/v1/quarantine/" + id).path("batch");

    assertThat(header.path("kind").asString()).isEqualTo("data");
    assertThat(header.path("agent").asString()).isEqualTo("web-1");
    assertThat(header.path("epoch").asString()).isEqualTo("000000000000beef");
    assertThat(header.path("seq").asLong()).isEqualTo(7);
    assertThat(header.path("sample_to").asLong()).isEqualTo(10);
    assertThat(header.path("content_key").asString()).isEqualTo("key-1");
    assertThat(header.path("content_hash").asString()).isEqualTo(batch.contentHash().toHex());
    assertThat(header.path("body_bytes").asLong()).isEqualTo(100);
    assertThat(header.path("body_matches").asBoolean()).isTrue();
  }

  @Test
  void one_whoseBytesAreNoBatch_isShownWithoutAHeader() {
    SplittableRandom random = new SplittableRandom(11);
    byte[] valid = stored(TestBatches.opaque(ID, 10, 100));
    for (int i = 0; i < 200; i++) {
      byte[] damaged = valid.clone();
      damaged[random.nextInt(64)] = (byte) random.nextInt();
      long id = keep(row(Optional.empty(), "bad_frame", damaged));
      server.advance(100);

      assertThat(server.getAs(Role.VIEWER, "/v1/quarantine/" + id).statusCode())
          .as("seed 11, round %d", i)
          .isEqualTo(200);
    }
  }

  @Test
  void one_ofSamples_showsThemAsText() {
    byte[] text = "cpu{core=0}\n 1000 NaN\n".getBytes(StandardCharsets.UTF_8);
    long id = keep(row(Optional.of(ID), "nan", text));

    JsonNode answer = viewed("/v1/quarantine/" + id);

    assertThat(answer.path("text").asString()).isEqualTo("cpu{core=0}\n 1000 NaN\n");
    assertThat(answer.has("batch")).isFalse();
  }

  @Test
  void one_withItsBytes_isForOperators() {
    long id = keep(row(Optional.of(ID), "malformed", new byte[] {1, 2, 3}));
    String path = "/v1/quarantine/" + id + "?bytes=true";

    HttpResponse<String> viewer = server.getAs(Role.VIEWER, path);
    JsonNode operator = TestServer.json(server.getAs(Role.OPERATOR, path));

    assertThat(viewer.statusCode()).isEqualTo(403);
    assertThat(TestServer.json(viewer).path("detail").asString()).contains("operator");
    assertThat(Base64.getDecoder().decode(operator.path("bytes").asString()))
        .containsExactly(1, 2, 3);
    assertThat(viewed("/v1/quarantine/" + id).has("bytes")).isFalse();
    assertThat(server.getAs(Role.OPERATOR, path + "1").statusCode()).isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "999999", "x", "-1", "1234567890123456789012"})
  void one_thatIsNot_is404(String id) {
    assertThat(server.getAs(Role.VIEWER, "/v1/quarantine/" + id).statusCode()).isEqualTo(404);
    assertThat(replay(id).statusCode()).isEqualTo(404);
  }

  @Test
  void replay_thatWorked_tellsWhatBecameOfTheSamples() {
    server.replayed.set(CompletableFuture.completedFuture(new Answer.Replayed(ID, 8, 1, 2)));

    HttpResponse<String> response = replay("5");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body())
        .isEqualTo(
            "{\"id\":5,\"agent\":\"web-1\",\"epoch\":\"000000000000beef\",\"seq\":7,"
                + "\"stored\":8,\"quarantined\":1,\"overflow\":2}");
  }

  static Stream<Arguments> refusals() {
    return Stream.of(
        Arguments.of(new Answer.Before(TestServer.START, "eve"), 409, "by eve"),
        Arguments.of(new Answer.Conflict("the ledger differs"), 409, "ledger"),
        Arguments.of(new Answer.Never("it is no number"), 422, "number"),
        Arguments.of(new Answer.NotYet("still not"), 422, "still not"),
        Arguments.of(new Answer.RolledBack("deadlock"), 503, "nothing was changed"));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void replay_thatIsRefused_saysWhy(Answer answer, int status, String word) {
    server.replayed.set(CompletableFuture.completedFuture(answer));

    HttpResponse<String> response = replay("5");

    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(TestServer.json(response).path("title").asString())
        .isNotEqualTo("Internal Server Error");
    assertThat(TestServer.json(response).path("detail").asString()).contains(word);
  }

  @Test
  void replay_withAnUnknownOutcome_saysSo() {
    server.replayed.set(
        CompletableFuture.failedFuture(new PortUnavailableException("secret-host is away")));

    HttpResponse<String> response = replay("5");

    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.body()).contains("not known whether 5 was replayed");
    assertThat(response.body()).doesNotContain("secret-host");
  }

  @Test
  void replay_byAViewer_isForbidden() {
    assertThat(server.postAs(Role.VIEWER, "/v1/quarantine/5/replay", "{}").statusCode())
        .isEqualTo(403);
  }

  private HttpResponse<String> replay(String id) {
    return server.postAs(Role.OPERATOR, "/v1/quarantine/" + id + "/replay", "{}");
  }

  private JsonNode viewed(String path) {
    HttpResponse<String> response = server.getAs(Role.VIEWER, path);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return TestServer.json(response);
  }

  private static String reason(JsonNode row) {
    return row.path("reason").asString();
  }

  private long keep(QuarantineRow row) {
    new InMemoryPartitionStore(server.database, Runnable::run, new SplittableRandom(1))
        .repair(0, tx -> tx.quarantine(row));
    return viewed("/v1/quarantine?limit=1").path("items").path(0).path("id").asLong();
  }

  private static QuarantineRow row(Optional<BatchId> id, String reason, byte[] bytes) {
    return new QuarantineRow(id, reason, "why", TestServer.START, 10, bytes);
  }

  private static byte[] stored(SignedBatch batch) {
    WireWriter out = new WireWriter(1_000);
    batch.writeTo(out);
    return out.toBytes();
  }
}
