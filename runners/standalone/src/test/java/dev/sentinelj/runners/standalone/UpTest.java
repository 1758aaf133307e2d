package dev.sentinelj.runners.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.adapters.grpc.GrpcUplink;
import dev.sentinelj.adapters.protobuf.ProtobufBatchCodec;
import dev.sentinelj.core.batch.BatchHeader;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.BatchKind;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.block.Block;
import dev.sentinelj.core.block.Columns;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.ingest.Submission;
import dev.sentinelj.core.metric.Series;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.session.Downlink;
import dev.sentinelj.core.signing.AgentKey;
import dev.sentinelj.core.signing.SigningPolicy;
import dev.sentinelj.ports.driven.Uplink;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** One {@code sentinel up}, used as its users would. */
class UpTest {
  private static final long PATIENCE_SECONDS = 60;
  private static final String PYTHON = "/usr/bin/python3";

  @TempDir static Path directory;

  private static UpProcess up;
  private static Api api;

  @BeforeAll
  static void start() throws IOException {
    up = UpProcess.start(directory.resolve("home")).awaitReady();
    api = up.api();
  }

  @AfterAll
  static void stop() throws IOException, InterruptedException {
    try (UpProcess ending = up) {
      ending.stop();
      assertThat(ending.exitCode()).isZero();
    }
  }

  @Test
  void latest_afterTheStart_hasThisMachinesSeries() throws Exception {
    String path = "/v1/metrics/agents/" + hostAgent() + "/latest";

    JsonNode answer = api.await(path, latest -> latest.path("items").size() >= 30);

    assertThat(names(answer))
        .contains(
            "system.cpu.time",
            "system.memory.usage",
            "system.disk.io",
            "system.filesystem.usage",
            "system.network.io");
  }

  @Test
  void cpuUtilization_whileACoreIsBusy_moves() throws Exception {
    String path = "/v1/metrics/agents/" + hostAgent() + "/latest?prefix=system.cpu.utilization";
    JsonNode before = api.await(path, latest -> !idle(latest).isEmpty());

    // asking again and again keeps a core busy enough
    JsonNode after = api.await(path, latest -> !idle(latest).equals(idle(before)));

    assertThat(idle(after)).isNotEqualTo(idle(before));
  }

  @Test
  void theSamples_areAllAccountedFor() throws Exception {
    JsonNode agent =
        api.await(
            "/v1/agents/" + hostAgent(),
            answer -> answer.path("epochs").path(0).path("stored").asLong() > 0);

    JsonNode epoch = agent.path("epochs").path(0);
    assertThat(epoch.path("unaccounted").asLong()).isZero();
    assertThat(epoch.path("stored").asLong()).isEqualTo(epoch.path("collected").asLong());
  }

  @Test
  void pythonClient_enrolsAndPushes_andTheApiReturnsIt() throws Exception {
    Assumptions.assumeFalse(leftOut("python"), "left out with --without python");
    Path state = directory.resolve("python.json");

    String output = enrolPython(state, "room.temperature", "21.5");
    String agent = agentOf(state);
    JsonNode latest =
        api.await(
            "/v1/metrics/agents/" + agent + "/latest", answer -> answer.path("items").size() == 1);

    assertThat(output).contains("exit 0");
    assertThat(latest.path("items").path(0).path("name").asString()).isEqualTo("room.temperature");
    assertThat(latest.path("items").path(0).path("value").asDouble()).isEqualTo(21.5);

    assertThat(python("--state", state.toString(), "--tamper", "room.temperature", "99"))
        .contains("exit 3")
        .contains("bad_mac");
    assertThat(python("--state", state.toString(), "--repeat", "room.temperature", "22.5"))
        .contains("exit 0");
    JsonNode balance = api.await("/v1/agents/" + agent, answer -> stored(answer) == 2);
    assertThat(stored(balance)).isEqualTo(2);
    JsonNode status = api.get("/v1/status");
    assertThat(status.path("counters").path("batches_refused_bad_mac").asLong()).isEqualTo(1);
  }

  @Test
  void pythonClient_pushesColumnsWithAndWithoutTheirSet_andTheApiReturnsThemExactly()
      throws Exception {
    Assumptions.assumeFalse(leftOut("python"), "left out with --without python");
    Path state = directory.resolve("columns.json");

    String output =
        enrolPython(
            state,
            "--columns",
            "room.temperature",
            "21.5",
            "0.1",
            "-3.25",
            "--also",
            "room.humidity=0.30000000000000004,-,1e-300",
            "--label",
            "room=lab");
    String agent = agentOf(state);
    api.await("/v1/agents/" + agent, answer -> stored(answer) == 5);

    assertThat(output.lines().filter(line -> line.startsWith("accepted"))).hasSize(2);
    assertThat(output).contains("exit 0");
    assertThat(values(agent, "room.temperature")).containsExactly(21.5, 0.1, -3.25);
    assertThat(values(agent, "room.humidity")).containsExactly(0.30000000000000004, 1e-300);
    assertThat(python("--state", state.toString(), "--columns", "a", "1", "2", "--also", "b=1"))
        .contains("b has 1 values and a 2")
        .contains("exit 2");
  }

  @Test
  void nanAndAYearOff_lieInQuarantine_andTheRestIsStored() throws Exception {
    long now = System.currentTimeMillis();
    long yearOff = now + 365L * 86_400_000;
    SeriesSet set =
        SeriesSet.of(List.of(Series.gauge("a", "1", Map.of()), Series.gauge("b", "1", Map.of())));
    Columns today = new Columns.Builder(2, now).set(0, 0, 1.5).set(1, 0, Double.NaN).build();
    Columns later = new Columns.Builder(2, yearOff).set(0, 0, 2.5).build();
    HostileAgent agent = HostileAgent.enrol();

    agent.push(1, 0, set, today);
    agent.push(2, 2, set, later);

    JsonNode epochs = api.await("/v1/agents/" + agent.name(), answer -> quarantined(answer) == 2);
    assertThat(stored(epochs)).isEqualTo(1);
    JsonNode kept = api.get("/v1/quarantine?agent=" + agent.name());
    assertThat(kept.path("items"))
        .extracting(row -> row.path("reason").asString())
        .containsExactlyInAnyOrder("nan", "time");
  }

  @Test
  void aSignedBatchThatNobodyCanRead_isShownWhole_andReplayedInVain() throws Exception {
    HostileAgent agent = HostileAgent.enrol();
    agent.pushBody(1, 3, "no protobuf".getBytes(StandardCharsets.UTF_8));

    String list = "/v1/quarantine?reason=malformed&agent=" + agent.name();
    JsonNode row =
        api.await(list, answer -> answer.path("items").size() == 1).path("items").path(0);
    JsonNode whole = api.get("/v1/quarantine/" + row.path("id").asLong() + "?bytes=true");
    JsonNode refused = api.post("/v1/quarantine/" + row.path("id").asLong() + "/replay", "{}");

    assertThat(row.path("samples").asLong()).isEqualTo(3);
    assertThat(row.path("replayable").asBoolean()).isTrue();
    assertThat(whole.path("batch").path("epoch").asString()).isEqualTo("0000000000000007");
    assertThat(whole.path("batch").path("body_matches").asBoolean()).isTrue();
    assertThat(Base64.getDecoder().decode(whole.path("bytes").asString()))
        .asString(StandardCharsets.ISO_8859_1)
        .endsWith("no protobuf");
    assertThat(refused.path("status").asInt()).isEqualTo(422);
    assertThat(refused.path("detail").asString()).startsWith("it still cannot be read");
    JsonNode epoch = api.get("/v1/agents/" + agent.name()).path("epochs").path(0);
    assertThat(epoch.path("quarantined").asLong()).isEqualTo(3);
    assertThat(epoch.path("unaccounted").asLong()).isZero();
  }

  @Test
  void page_afterLoggingIn_drawsMovingCharts() throws Exception {
    Assumptions.assumeFalse(leftOut("chromium"), "left out with --without chromium");
    try (Chromium browser = Chromium.start(directory.resolve("chromium"))) {
      browser.open(api.url() + "/");
      browser.await("document.getElementById('login')");
      browser.evaluate("document.getElementById('password').value = '" + firstPassword() + "'");
      browser.evaluate("document.getElementById('login').requestSubmit()");
      browser.await("document.body && document.body.dataset.ready === 'true'");

      browser.await("document.getElementById('verdict').dataset.verdict === 'ok'");
      assertThat(browser.evaluate(COLLECTED).asLong()).isPositive();
      assertThat(browser.evaluate("document.getElementById('verdict').textContent").asString())
          .isEqualTo("every sample is accounted for");
      long before = points(browser);
      browser.await(POINTS + " > " + before);

      browser.screenshot(Path.of("target", "screenshots", "page.png"));
      assertThat(points(browser)).isGreaterThan(before);
      assertThat(browser.evaluate(FOREIGN).asLong()).isZero();
    }
  }

  private static final String POINTS =
      "Number(document.getElementById('chart-cpu').dataset.points)";

  private static final String COLLECTED =
      "Number(document.getElementById('count-collected').dataset.value)";

  /** How many requests went to another origin. */
  private static final String FOREIGN =
      "performance.getEntriesByType('resource').filter(r => !r.name.startsWith(location.origin)).length";

  private static long points(Chromium browser) {
    return browser.evaluate(POINTS).asLong();
  }

  /** What the only series of this name has, by time. */
  private static List<Double> values(String agent, String name)
      throws IOException, InterruptedException {
    JsonNode items =
        api.get("/v1/metrics/agents/" + agent + "/range?name=" + name + "&label.room=lab")
            .path("items");
    assertThat(items.size()).isEqualTo(1);
    List<Double> values = new ArrayList<>();
    items.path(0).path("points").forEach(point -> values.add(point.path(1).asDouble()));
    return values;
  }

  private static String firstPassword() {
    String line =
        up.lines().stream().filter(text -> text.contains("password ")).findFirst().orElseThrow();
    return line.replaceAll(".*password (\\S+) .*", "$1");
  }

  private static long stored(JsonNode agent) {
    return sum(agent, "stored");
  }

  private static long quarantined(JsonNode agent) {
    return sum(agent, "quarantined");
  }

  private static long sum(JsonNode agent, String field) {
    long sum = 0;
    for (JsonNode epoch : agent.path("epochs")) {
      sum += epoch.path(field).asLong();
    }
    return sum;
  }

  private static String hostAgent() throws IOException, InterruptedException {
    JsonNode agents = api.get("/v1/agents").path("items");
    for (JsonNode agent : agents) {
      if (!agent.path("id").asString().startsWith("agent-")) {
        return agent.path("id").asString();
      }
    }
    throw new AssertionError("the host's agent is not among " + agents);
  }

  private static List<String> names(JsonNode latest) {
    List<String> names = new ArrayList<>();
    latest.path("items").forEach(item -> names.add(item.path("name").asString()));
    return names;
  }

  /** The idle share of the whole machine and its time stamp, as text. */
  private static String idle(JsonNode latest) {
    for (JsonNode item : latest.path("items")) {
      if (item.path("labels").size() == 1
          && item.path("labels").path("cpu.mode").asString().equals("idle")) {
        return item.path("value").asString();
      }
    }
    return "";
  }

  private static String joinToken() throws IOException, InterruptedException {
    return api.post("/v1/join-tokens", "{\"uses\":1,\"ttl_seconds\":600}").path("token").asString();
  }

  private static int grpcPort() {
    String line =
        up.lines().stream()
            .filter(text -> text.strip().startsWith("agents"))
            .findFirst()
            .orElseThrow();
    return Integer.parseInt(line.substring(line.lastIndexOf(':') + 1));
  }

  private static boolean leftOut(String name) {
    return List.of(System.getProperty("without", "").split(",", -1)).contains(name);
  }

  private String enrolPython(Path state, String... push) throws Exception {
    Path token = Files.createTempFile(directory, "token", "");
    Files.writeString(token, joinToken());
    List<String> args = new ArrayList<>(List.of("--join-token-file", token.toString()));
    args.addAll(List.of("--state", state.toString()));
    args.addAll(List.of(push));
    return python(args.toArray(String[]::new));
  }

  private static String agentOf(Path state) throws IOException {
    return tools.jackson.databind.json.JsonMapper.shared()
        .readTree(Files.readString(state))
        .path("agent_id")
        .asString();
  }

  private static String python(String... args) throws IOException, InterruptedException {
    Path script =
        Path.of("..", "..", "examples", "python", "push_gauge.py").toAbsolutePath().normalize();
    List<String> command =
        new ArrayList<>(List.of(PYTHON, script.toString(), "--server", "127.0.0.1:" + grpcPort()));
    command.addAll(List.of(args));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    return output + "exit " + process.waitFor();
  }

  /** An agent whose key is valid and whose samples are not. */
  private record HostileAgent(EpochId epoch, AgentKey key) {
    private static final ProtobufBatchCodec CODEC = new ProtobufBatchCodec();

    static HostileAgent enrol() throws Exception {
      NewAgent agent = NewAgent.enrol(api, grpcPort(), Path.of("hostile-hardware"));
      return new HostileAgent(new EpochId(agent.id(), 7), agent.signs());
    }

    String name() {
      return epoch.agent().value();
    }

    void push(long seq, long sampleFrom, SeriesSet set, Columns columns)
        throws InterruptedException {
      BatchId id = new BatchId(epoch, seq);
      byte[] body =
          CODEC.encode(
              id, sampleFrom, columns.leastTimeMillis(), List.of(new Block(set.hash(), columns)));
      BatchHeader header =
          new BatchHeader(
              BatchKind.DATA,
              id,
              sampleFrom,
              sampleFrom + columns.samples(),
              columns.leastTimeMillis(),
              columns.greatestTimeMillis(),
              0,
              Sha256.of(body));
      push(SigningPolicy.signContent(key, header, body), List.of(set));
    }

    /** A batch that claims {@code samples} samples, whatever its body is. */
    void pushBody(long seq, long samples, byte[] body) throws InterruptedException {
      long now = System.currentTimeMillis();
      BatchId id = new BatchId(epoch, seq);
      BatchHeader header =
          new BatchHeader(BatchKind.DATA, id, 0, samples, now, now, 0, Sha256.of(body));
      push(SigningPolicy.signContent(key, header, body), List.of());
    }

    private void push(SignedBatch batch, List<SeriesSet> sets) throws InterruptedException {
      long seq = batch.id().seq();
      BlockingQueue<Downlink> events = new LinkedBlockingQueue<>();
      Uplink.Session session =
          new GrpcUplink(gateway())
              .open(
                  new Uplink.Opening(epoch, key, "test", seq + 1, System.currentTimeMillis()),
                  events::add);
      await(events, Downlink.Opened.class);
      session.push(
          new Submission(
              batch,
              SigningPolicy.signEnvelope(
                  key,
                  batch,
                  seq,
                  System.currentTimeMillis(),
                  sets.stream().map(SeriesSet::hash).toList()),
              sets.stream().map(SeriesSet::toBytes).toList()));
      await(events, Downlink.Accepted.class);
      session.close();
    }

    private static void await(BlockingQueue<Downlink> events, Class<? extends Downlink> wanted)
        throws InterruptedException {
      Downlink event = events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      while (event != null && !wanted.isInstance(event)) {
        assertThat(event).isNotInstanceOf(Downlink.Closed.class);
        event = events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      }
      assertThat(event).isInstanceOf(wanted);
    }

    private static InetSocketAddress gateway() {
      return new InetSocketAddress(InetAddress.getLoopbackAddress(), grpcPort());
    }
  }
}
