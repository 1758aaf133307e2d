package dev.sentinelj.adapters.http;

import dev.sentinelj.adapters.memory.InMemoryAgentRegistry;
import dev.sentinelj.adapters.memory.InMemoryDatabase;
import dev.sentinelj.adapters.memory.InMemoryQuarantineQueries;
import dev.sentinelj.core.access.Principal;
import dev.sentinelj.core.access.Role;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.progress.Balance;
import dev.sentinelj.core.signing.KeyId;
import dev.sentinelj.core.signing.Secret;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.driven.AgentRegistry.EnrolmentRequest;
import dev.sentinelj.ports.driven.AgentRegistry.JoinToken;
import dev.sentinelj.ports.driven.AuditQueries;
import dev.sentinelj.ports.driving.EnrolAgents;
import dev.sentinelj.ports.driving.QuarantineReplay;
import dev.sentinelj.ports.driving.ServerStatus;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import tools.jackson.databind.JsonNode;

/** A server on a free port over scripted ports, with a clock that moves only when told to. */
final class TestServer implements AutoCloseable {
  static final long START = Instant.parse("2026-03-01T12:00:00Z").toEpochMilli();
  static final Secret KEY = Secret.of(new byte[Secret.BYTES]);
  static final Tokens TOKENS = new Tokens(KEY, new SecureRandom());

  final AtomicReference<Now> now = new AtomicReference<>(new Now(START, 0));
  final ScriptedQueries queries = new ScriptedQueries();
  final ScriptedAccess access = new ScriptedAccess();
  final AtomicReference<ServerStatus.Report> report =
      new AtomicReference<>(
          new ServerStatus.Report(
              List.of(new ServerStatus.Part("bus", true, "partition 0 at 17")),
              Map.of("batches_accepted", 12L)));
  final AtomicReference<EnrolAgents.TokenRequest> joinRequest = new AtomicReference<>();
  final InMemoryDatabase database = new InMemoryDatabase(() -> now.get().wallMillis(), 4);
  final InMemoryAgentRegistry registry = new InMemoryAgentRegistry(database, Runnable::run);
  final AtomicReference<CompletionStage<QuarantineReplay.Answer>> replayed =
      new AtomicReference<>(
          CompletableFuture.completedFuture(new QuarantineReplay.Answer.Unknown()));
  final AtomicBoolean auditsBusy = new AtomicBoolean();
  final HttpServer.Parts parts;
  final HttpServer server;
  private final HttpClient client = HttpClient.newHttpClient();

  TestServer() {
    parts =
        new HttpServer.Parts(
            access,
            new ScriptedEnrolment(),
            report::get,
            queries,
            new InMemoryQuarantineQueries(database),
            (id, by) -> replayed.get(),
            registry,
            this::audited,
            () -> "# TYPE up gauge\nup 1\n",
            now::get,
            KEY,
            InetAddress.ofLiteral("127.0.0.1"),
            0);
    server = new HttpServer(parts);
    server.start();
  }

  private AuditQueries.AgentAudit audited(AgentId agent) {
    if (auditsBusy.get()) {
      throw new AuditQueries.BusyException("scripted: others are at it");
    }
    if (!agent.equals(ScriptedQueries.WITH_DATA)) {
      return new AuditQueries.AgentAudit(START, List.of());
    }
    return new AuditQueries.AgentAudit(
        START,
        List.of(
            new AuditQueries.EpochVerdict(
                0xbeef,
                AuditQueries.Verdict.IN_FLIGHT,
                new Balance(120, 100, 5, 2, 1, 3),
                9,
                0,
                List.of()),
            new AuditQueries.EpochVerdict(
                0xdead,
                AuditQueries.Verdict.UNACCOUNTED,
                new Balance(1, 0, 0, 0, 0),
                0,
                1,
                List.of("one is gone"))));
  }

  void advance(long millis) {
    now.updateAndGet(reading -> reading.plusMillis(millis));
  }

  /** Enters agents of these ids, never heard. */
  void enter(String... ids) {
    for (String id : ids) {
      registry
          .addJoinToken(
              new JoinToken(id, Optional.empty(), Map.of("site", "lab"), 1, START + 1, "admin"))
          .toCompletableFuture()
          .join();
      registry
          .enrol(
              new EnrolmentRequest(
                  id, "hw-" + id, "0.1.0", new AgentId(id), new KeyId("k1"), agent -> new byte[1]),
              START)
          .toCompletableFuture()
          .join();
    }
  }

  String url() {
    return "http://127.0.0.1:" + server.port();
  }

  /** A bearer header's value for {@code role}, good now. */
  String bearer(Role role) {
    return "Bearer " + TOKENS.access(new Principal(role.word(), role), now.get().wallMillis());
  }

  HttpResponse<String> get(String path, String... headers) {
    return send(request(path, headers).GET().build());
  }

  HttpResponse<String> getAs(Role role, String path) {
    return get(path, "Authorization", bearer(role));
  }

  HttpResponse<String> post(String path, String json, String... headers) {
    return send(
        request(path, headers)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json))
            .build());
  }

  HttpResponse<String> postAs(Role role, String path, String json) {
    return post(path, json, "Authorization", bearer(role));
  }

  HttpResponse<String> form(String path, String body, String... headers) {
    return send(
        request(path, headers)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build());
  }

  HttpResponse<String> method(String method, String path, String... headers) {
    return send(request(path, headers).method(method, HttpRequest.BodyPublishers.noBody()).build());
  }

  static JsonNode json(HttpResponse<String> response) {
    return Json.MAPPER.readTree(response.body());
  }

  @Override
  public void close() {
    client.close();
    server.close();
  }

  private HttpRequest.Builder request(String path, String... headers) {
    HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create(url() + path));
    for (int i = 0; i < headers.length; i += 2) {
      builder.header(headers[i], headers[i + 1]);
    }
    return builder;
  }

  private HttpResponse<String> send(HttpRequest request) {
    try {
      return client.send(request, BodyHandlers.ofString());
    } catch (IOException e) {
      throw new IllegalStateException(request.toString(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(request.toString(), e);
    }
  }

  private final class ScriptedEnrolment implements EnrolAgents {
    @Override
    public CompletionStage<EnrolAgents.JoinToken> createToken(
        TokenRequest request, Principal by, Now now) {
      joinRequest.set(request);
      if (request.labels().containsKey("bad")) {
        return CompletableFuture.failedFuture(new IllegalArgumentException("labels: bad is bad"));
      }
      long expires = now.wallMillis() + request.ttl().toMillis();
      return CompletableFuture.completedFuture(
          new EnrolAgents.JoinToken("join-" + by.name(), expires, request.uses()));
    }

    @Override
    public CompletionStage<Enrolled> enrol(
        String token, String hardwareId, String version, Now now) {
      throw new UnsupportedOperationException("agents do not come this way");
    }
  }
}
