package dev.sentinelj.runners.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class QuarantineCommandsTest {
  private static final String ROW =
      """
      {"id":17,"agent":"web-1","epoch":"00000000000000aa","seq":3,"reason":"malformed",
       "detail":"cut, \\"short\\"","received_at":"2026-01-01T00:00:00.000Z","samples":10,"size":120,
       "replayable":true,"replayed_at":"","replayed_by":""}\
      """;
  private static final String PAGE = "{\"items\":[" + ROW + "],\"next_cursor\":\"\"}";
  private static final String DONE =
      """
      {"id":17,"agent":"web-1","epoch":"00000000000000aa","seq":3,"stored":8,"quarantined":1,"overflow":1}\
      """;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final ScriptedServer server = new ScriptedServer();

  @TempDir Path home;

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void list_showsOneLineEach() {
    server.on("GET /v1/quarantine?limit=50", 200, PAGE);

    assertThat(run("quarantine", "list")).isEqualTo(ExitCode.OK);
    assertThat(text(out)).contains("ID").contains("17").contains("web-1").contains("malformed");
  }

  @Test
  void list_withNothing_saysSo() {
    server.on("GET /v1/quarantine?limit=50", 200, "{\"items\":[],\"next_cursor\":\"\"}");

    assertThat(run("quarantine", "list")).isEqualTo(ExitCode.OK);
    assertThat(text(out)).isEqualTo("nothing was kept aside\n");
  }

  @Test
  void list_asCsv_quotesWhatNeedsIt() {
    server.on("GET /v1/quarantine?limit=5&agent=web-1&reason=malformed", 200, PAGE);

    run(
        "quarantine",
        "list",
        "--agent",
        "web-1",
        "--reason",
        "malformed",
        "--limit",
        "5",
        "-o",
        "csv");

    assertThat(text(out).lines())
        .first()
        .isEqualTo("ID,AGENT,REASON,SAMPLES,BYTES,RECEIVED,REPLAYED,DETAIL");
    assertThat(text(out))
        .contains("17,web-1,malformed,10,120,2026-01-01T00:00:00.000Z,,")
        .contains(",\"cut, \"\"short\"\"\"");
  }

  @Test
  void list_asYaml_saysTheSameAsJson() {
    server.on("GET /v1/quarantine?limit=50", 200, PAGE);

    run("quarantine", "list", "-o", "yaml");

    assertThat(text(out))
        .startsWith("items:\n  - id: 17\n    agent: \"web-1\"\n")
        .contains("    replayable: true\n")
        .endsWith("next_cursor: \"\"\n");
  }

  @Test
  void list_withMoreThere_saysSo() {
    server.on("GET /v1/quarantine?limit=50", 200, PAGE.replace("\"\"}", "\"17\"}"));

    assertThat(run("quarantine", "list")).isEqualTo(ExitCode.OK);
    assertThat(text(err)).contains("--limit");
  }

  @Test
  void list_ofAnAgentThatCannotBe_namesTheOption() {
    server.on(
        "GET /v1/quarantine?limit=50&agent=..%2Fx",
        400, "{\"detail\":\"an agent id is so and so\",\"field\":\"agent\"}");

    assertThat(run("quarantine", "list", "--agent", "../x")).isEqualTo(ExitCode.USAGE);
    assertThat(text(err)).isEqualTo("sentinel: --agent: an agent id is so and so\n");
  }

  @Test
  void show_tellsRowAndHeader_andWritesTheBytes() throws IOException {
    String answer = "{\"row\":" + ROW + ",\"batch\":{\"kind\":\"data\"},\"bytes\":\"AQID\"}";
    server.on("GET /v1/quarantine/17?bytes=true", 200, answer);
    Path file = home.resolve("kept.bin");

    assertThat(run("quarantine", "show", "17", "--bytes", file.toString())).isEqualTo(ExitCode.OK);
    assertThat(text(out)).contains("batch kind").contains("received at").doesNotContain("AQID");
    assertThat(Files.readAllBytes(file)).containsExactly(1, 2, 3);

    assertThat(run("quarantine", "show", "17", "--bytes", file.toString()))
        .isEqualTo(ExitCode.USAGE);
    assertThat(text(err)).contains("exists already");
  }

  @Test
  void show_ofSamples_printsThemDated_withoutControlCharacters() {
    server.on(
        "GET /v1/quarantine/17",
        200,
        "{\"row\":" + ROW + ",\"text\":\"cpu\\u001b[31m\\n 1 NaN\\n\"}");

    run("quarantine", "show", "17");

    assertThat(text(out)).endsWith("cpu?[31m\n 1970-01-01T00:00:00.001Z NaN\n");
  }

  @Test
  void replay_ofSeveral_printsALineEachAndTheSum_andFailsWhenOneDid() {
    server.on("POST /v1/quarantine/17/replay", 200, DONE);
    server.on("POST /v1/quarantine/18/replay", 409, "{\"detail\":\"was replayed before\"}");

    assertThat(run("quarantine", "replay", "17", "18")).isEqualTo(ExitCode.FAILED);

    assertThat(text(out).lines())
        .hasSize(4)
        .anyMatch(line -> line.startsWith("17   replayed"))
        .anyMatch(line -> line.startsWith("18   refused") && line.endsWith("was replayed before"))
        .anyMatch(line -> line.startsWith("sum  1 of 2    8"));
  }

  @Test
  void replay_asJson_isOneObject() {
    server.on("POST /v1/quarantine/17/replay", 200, DONE);

    assertThat(run("quarantine", "replay", "17", "-o", "json")).isEqualTo(ExitCode.OK);

    JsonNode answer = ApiClient.JSON.readTree(text(out));
    assertThat(answer.path("replayed").asLong()).isEqualTo(1);
    assertThat(answer.path("items").path(0).path("stored").asLong()).isEqualTo(8);
  }

  @Test
  void replay_byAgentAndReason_asksFirst_andTakesThoseThatCanBe() {
    String page =
        "{\"items\":["
            + ROW
            + ","
            + ROW.replace("17", "16").replace("true", "false")
            + "],\"next_cursor\":\"\"}";
    server.on("GET /v1/quarantine?limit=1000&agent=web-1&reason=malformed", 200, page);
    server.on("POST /v1/quarantine/17/replay", 200, DONE);
    String[] command = {"quarantine", "replay", "--agent", "web-1", "--reason", "malformed"};

    assertThat(run(command)).isEqualTo(ExitCode.USAGE);
    assertThat(text(err)).contains("--yes");
    assertThat(server.asked).noneMatch(request -> request.startsWith("POST"));

    assertThat(run(Stream.concat(Stream.of(command), Stream.of("--yes")).toArray(String[]::new)))
        .isEqualTo(ExitCode.OK);
    assertThat(server.asked.stream().filter(request -> request.startsWith("POST")))
        .containsExactly("POST /v1/quarantine/17/replay");
  }

  @Test
  void replay_withoutTheRole_endsAtOnce() {
    server.on("POST /v1/quarantine/17/replay", 403, "{\"detail\":\"this needs operator\"}");

    assertThat(run("quarantine", "replay", "17", "18")).isEqualTo(ExitCode.UNAUTHORIZED);
    assertThat(server.asked).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "quarantine replay",
    "quarantine replay --agent web-1",
    "quarantine replay 17 --agent web-1",
    "quarantine replay seventeen",
    "quarantine show ../17",
    "quarantine list --limit 0",
    "quarantine list --limit 1001",
    "quarantine list --data /tmp",
    "quarantine list --local --agent web-1",
    "quarantine list --local --reason bogus",
    "agents add --ttl 0",
    "agents add --uses 1001",
    "metrics range cpu --last 0"
  })
  void run_ofWhatCannotBe_asksNobody(String arguments) {
    assertThat(run(arguments.split(" "))).isEqualTo(ExitCode.USAGE);
    assertThat(text(err).lines()).hasSize(1);
    assertThat(server.asked).isEmpty();
  }

  @Test
  void listLocal_readsTheDirectoryOfTheAgent_andLeavesItAlone() throws IOException {
    Path refused = Files.createDirectories(home.resolve("agent").resolve("refused"));
    Files.write(refused.resolve("00000000000000aa-12.too_big"), new byte[9]);
    Files.write(refused.resolve("00000000000000aa-13.time_span"), new byte[9]);
    Files.write(refused.resolve(".half-written"), new byte[1]);

    assertThat(run("quarantine", "list", "--local", "--reason", "too_big", "-o", "json"))
        .isEqualTo(ExitCode.OK);

    JsonNode items = ApiClient.JSON.readTree(text(out)).path("items");
    assertThat(items).hasSize(1);
    assertThat(items.path(0).path("seq").asLong()).isEqualTo(12);
    assertThat(items.path(0).path("epoch").asString()).isEqualTo("00000000000000aa");
    assertThat(items.path(0).path("size").asLong()).isEqualTo(9);
    assertThat(server.asked).isEmpty();
    try (Stream<Path> files = Files.list(refused)) {
      assertThat(files).hasSize(3);
    }
  }

  @Test
  void listLocal_withoutAnAgentThere_createsNothing() {
    assertThat(run("quarantine", "list", "--local")).isEqualTo(ExitCode.FAILED);
    assertThat(text(err)).contains("--data");
    assertThat(home.resolve("agent")).doesNotExist();
  }

  @Test
  void listLocal_ofADirectoryWithoutAnAgent_saysSo() throws IOException {
    Path data = Files.createDirectories(home.resolve("elsewhere"));

    assertThat(run("quarantine", "list", "--local", "--data", data.toString()))
        .isEqualTo(ExitCode.FAILED);
    assertThat(text(err)).contains("no agent keeps its data in " + data);
  }

  @Test
  void listLocal_ofAnAgentThatNeverKeptOne_isEmpty() throws IOException {
    Path data = Files.createDirectories(home.resolve("elsewhere"));
    Files.createDirectories(data.resolve("wal"));

    assertThat(run("quarantine", "list", "--local", "--data", data.toString()))
        .isEqualTo(ExitCode.OK);
    assertThat(text(out)).contains("no batch");
    assertThat(data.resolve("refused")).doesNotExist();
  }

  @Test
  void csv_hasNumbersAndTimesAsTheyAre() {
    server.on(
        "GET /v1/metrics/agents/web-1/latest?prefix=",
        200,
        "{\"items\":[{\"name\":\"m\",\"unit\":\"By\",\"labels\":{},\"value\":25233456128.5,"
            + "\"time\":\"2026-01-01T00:00:00.000Z\"}]}");
    server.on(
        "GET /v1/agents",
        200,
        "{\"items\":[{\"id\":\"web-1\",\"status\":\"up\",\"version\":\"1\",\"labels\":{},"
            + "\"last_heard_at\":\"2026-01-01T00:00:00.000Z\"}]}");

    run("metrics", "latest", "--agent", "web-1", "-o", "csv");
    run("agents", "list", "-o", "csv");

    assertThat(text(out).lines())
        .containsExactly(
            "METRIC,LABELS,VALUE,UNIT,TIME",
            "m,,25233456128.5,By,2026-01-01T00:00:00.000Z",
            "AGENT,STATUS,VERSION,LAST HEARD,LABELS",
            "web-1,up,1,2026-01-01T00:00:00.000Z,");
  }

  @Test
  void agentsAdd_ofAKnownAgent_warns() {
    server.on("POST /v1/join-tokens", 201, "{\"token\":\"t\",\"uses\":1,\"expires_at\":\"x\"}");
    server.on("GET /v1/agents/web-1", 200, "{\"id\":\"web-1\"}");

    assertThat(run("agents", "add", "--id", "web-2")).isEqualTo(ExitCode.OK);
    assertThat(text(err)).isEmpty();
    assertThat(run("agents", "add", "--id", "web-1")).isEqualTo(ExitCode.OK);
    assertThat(text(err)).contains("web-1 is known already").contains("rotated");
  }

  private int run(String... arguments) {
    CliContext context =
        new CliContext(
            print(out),
            print(err),
            Map.of("SENTINEL_HOME", home.toString(), "SENTINEL_URL", server.url()),
            Optional.empty(),
            home);
    return new CommandLine(context).run(arguments);
  }

  private static PrintStream print(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }

  private static String text(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
