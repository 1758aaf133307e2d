package dev.sentinelj.adapters.http;

import dev.sentinelj.adapters.memory.InMemoryAgentRegistry;
import dev.sentinelj.adapters.memory.InMemoryDatabase;
import dev.sentinelj.adapters.memory.InMemoryQuarantineQueries;
import dev.sentinelj.core.access.Principal;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.signing.KeyId;
import dev.sentinelj.core.signing.Secret;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.driven.AgentRegistry.EnrolmentRequest;
import dev.sentinelj.ports.driven.AgentRegistry.JoinToken;
import dev.sentinelj.ports.driven.AuditQueries;
import dev.sentinelj.ports.driving.EnrolAgents;
import dev.sentinelj.ports.driving.QuarantineReplay;
import dev.sentinelj.ports.driving.ServerStatus;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Serves the page over made-up values, to look at it: {@code DemoServer [port] [agents]}. Name
 * admin, password admin-pass.
 */
final class DemoServer {
  private DemoServer() {}

  static void main(String[] args) {
    int port = args.length > 0 ? Integer.parseInt(args[0]) : 8088;
    int agents = args.length > 1 ? Integer.parseInt(args[1]) : 1;
    InMemoryDatabase database = new InMemoryDatabase(System::currentTimeMillis, 1);
    InMemoryAgentRegistry registry = new InMemoryAgentRegistry(database, Runnable::run);
    for (int i = 1; i <= agents; i++) {
      enter(registry, "web-" + i);
    }
    ScriptedAccess access = new ScriptedAccess();
    HttpServer server =
        new HttpServer(
            new HttpServer.Parts(
                access,
                new NoEnrolment(),
                () -> new ServerStatus.Report(List.of(), Map.of()),
                new WavingQueries(),
                new InMemoryQuarantineQueries(database),
                (id, by) ->
                    CompletableFuture.completedFuture(new QuarantineReplay.Answer.Unknown()),
                registry,
                agent -> new AuditQueries.AgentAudit(System.currentTimeMillis(), List.of()),
                () -> "",
                () -> new Now(System.currentTimeMillis(), System.nanoTime()),
                Secret.random(new SecureRandom()),
                InetAddress.ofLiteral("127.0.0.1"),
                port));
    server.start();
    System.out.println("http://127.0.0.1:" + server.port() + " as admin with admin-pass");
    hear(registry);
  }

  /** Again and again; its thread keeps the process going. */
  @SuppressWarnings("FutureReturnValueIgnored") // it never ends
  private static void hear(InMemoryAgentRegistry registry) {
    Executors.newSingleThreadScheduledExecutor()
        .scheduleAtFixedRate(
            () -> registry.heard(new AgentId("web-1"), "0.1.0", System.currentTimeMillis()),
            5,
            5,
            TimeUnit.SECONDS);
  }

  private static void enter(InMemoryAgentRegistry registry, String id) {
    long now = System.currentTimeMillis();
    registry.addJoinToken(new JoinToken(id, Optional.empty(), Map.of(), 1, now + 60_000, "admin"));
    registry.enrol(
        new EnrolmentRequest(
            id, "hw", "0.1.0", new AgentId(id), new KeyId("k1"), agent -> new byte[1]),
        now);
    registry.heard(new AgentId(id), "0.1.0", now);
  }

  private static final class NoEnrolment implements EnrolAgents {
    @Override
    public CompletionStage<EnrolAgents.JoinToken> createToken(
        TokenRequest request, Principal by, Now now) {
      throw new UnsupportedOperationException("not in the demo");
    }

    @Override
    public CompletionStage<Enrolled> enrol(
        String token, String hardwareId, String version, Now now) {
      throw new UnsupportedOperationException("not in the demo");
    }
  }
}
