package dev.sentinelj.application.gateway;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.signing.KeyId;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.AgentRegistry;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;

/** A registry whose look-ups can be switched off, changed, held back and counted. */
final class SwitchedRegistry implements AgentRegistry {
  private final AgentRegistry registry;
  boolean reachable = true;
  UnaryOperator<StoredKey> keys = UnaryOperator.identity();
  CompletableFuture<Void> gate = CompletableFuture.completedFuture(null);
  int lookups;
  int proofs;
  int heard;

  SwitchedRegistry(AgentRegistry registry) {
    this.registry = registry;
  }

  @Override
  public CompletionStage<Lookup> find(AgentId agent) {
    lookups++;
    if (!reachable) {
      return CompletableFuture.failedFuture(new PortUnavailableException("finding " + agent));
    }
    return gate.thenCompose(_ -> registry.find(agent)).thenApply(this::changed);
  }

  private Lookup changed(Lookup lookup) {
    return switch (lookup) {
      case Lookup.Known(RegisteredAgent agent) ->
          new Lookup.Known(
              new RegisteredAgent(
                  agent.id(),
                  agent.hardwareId(),
                  agent.version(),
                  agent.labels(),
                  agent.registeredAtMillis(),
                  agent.keys().stream().map(keys).toList()));
      case Lookup.Deleted deleted -> deleted;
      case Lookup.Unknown unknown -> unknown;
    };
  }

  @Override
  public CompletionStage<Void> prove(AgentId agent, KeyId key, long nowMillis) {
    proofs++;
    return registry.prove(agent, key, nowMillis);
  }

  @Override
  public CompletionStage<Void> heard(AgentId agent, String version, long nowMillis) {
    heard++;
    return registry.heard(agent, version, nowMillis);
  }

  @Override
  public CompletionStage<Void> addJoinToken(JoinToken token) {
    return registry.addJoinToken(token);
  }

  @Override
  public CompletionStage<Enrolment> enrol(EnrolmentRequest request, long nowMillis) {
    return registry.enrol(request, nowMillis);
  }

  @Override
  public CompletionStage<List<AgentSummary>> list() {
    return registry.list();
  }
}
