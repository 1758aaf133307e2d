package dev.sentinelj.adapters.memory;

import dev.sentinelj.adapters.memory.InMemoryDatabase.TokenRow;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.signing.KeyId;
import dev.sentinelj.ports.driven.AgentRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** {@link AgentRegistry} over an {@link InMemoryDatabase}. */
public final class InMemoryAgentRegistry implements AgentRegistry {
  private final InMemoryDatabase database;
  private final Executor executor;

  public InMemoryAgentRegistry(InMemoryDatabase database, Executor executor) {
    this.database = database;
    this.executor = executor;
  }

  @Override
  public CompletionStage<Lookup> find(AgentId agent) {
    return database.later(executor, "find", () -> lookup(database.agents.get(agent)));
  }

  @Override
  public CompletionStage<Void> addJoinToken(JoinToken token) {
    return database.later(
        executor,
        "addJoinToken",
        () -> {
          database.joinTokens.put(token.tokenDigest(), new TokenRow(token, token.uses()));
        });
  }

  @Override
  public CompletionStage<Enrolment> enrol(EnrolmentRequest request, long nowMillis) {
    return database.later(executor, "enrol", () -> enrolNow(request, nowMillis));
  }

  @Override
  public CompletionStage<Void> prove(AgentId agent, KeyId key, long nowMillis) {
    return database.later(
        executor,
        "prove",
        () -> {
          database.agents.computeIfPresent(agent, (id, row) -> row.proved(key));
        });
  }

  @Override
  public CompletionStage<Void> heard(AgentId agent, String version, long nowMillis) {
    return database.later(
        executor,
        "heard",
        () -> {
          database.agents.computeIfPresent(agent, (id, row) -> row.heard(version, nowMillis));
        });
  }

  @Override
  public CompletionStage<List<AgentSummary>> list() {
    return database.later(
        executor,
        "list",
        () ->
            database.agents.values().stream()
                .filter(row -> !row.deleted())
                .map(AgentRow::summary)
                .toList());
  }

  private static Lookup lookup(@Nullable AgentRow row) {
    if (row == null) {
      return new Lookup.Unknown();
    }
    return row.deleted()
        ? new Lookup.Deleted(row.deletedAtMillis())
        : new Lookup.Known(row.agent());
  }

  private Enrolment enrolNow(EnrolmentRequest request, long nowMillis) {
    TokenRow token = database.joinTokens.get(request.tokenDigest());
    if (token == null) {
      return new Enrolment.UnknownToken();
    }
    if (nowMillis >= token.token().expiresAtMillis()) {
      return new Enrolment.ExpiredToken();
    }
    Optional<AgentRow> repeated =
        database.agents.values().stream()
            .filter(row -> row.unprovedEnrolment(request.tokenDigest(), request.hardwareId()))
            .findFirst();
    if (repeated.isPresent()) {
      return repeat(repeated.get(), request);
    }
    return token.usesLeft() < 1 ? new Enrolment.UsedToken() : enter(token, request, nowMillis);
  }

  /** The unproved key gives way to that of the request; nothing else changes. */
  private Enrolment repeat(AgentRow row, EnrolmentRequest request) {
    List<StoredKey> keys = new ArrayList<>(row.agent().keys());
    AgentId id = row.agent().id();
    keys.set(0, newKey(request, id));
    database.agents.put(id, row.withKeys(keys));
    return new Enrolment.Entered(id);
  }

  private Enrolment enter(TokenRow token, EnrolmentRequest request, long nowMillis) {
    AgentId id = token.token().agent().orElse(request.candidate());
    AgentRow former = database.agents.get(id);
    if (former != null && former.deleted()) {
      return new Enrolment.UnknownToken();
    }
    if (former != null && token.token().agent().isEmpty()) {
      throw new IllegalArgumentException("the candidate id is taken: " + id);
    }
    List<StoredKey> keys = former == null ? new ArrayList<>() : former.keysRotated(nowMillis);
    keys.addFirst(newKey(request, id));
    RegisteredAgent agent =
        new RegisteredAgent(
            id,
            request.hardwareId(),
            request.version(),
            new TreeMap<>(token.token().labels()),
            former == null ? nowMillis : former.agent().registeredAtMillis(),
            keys);
    long heard = former == null ? 0 : former.lastHeardMillis();
    database.agents.put(id, new AgentRow(agent, request.tokenDigest(), heard, 0));
    database.joinTokens.put(request.tokenDigest(), token.used());
    return new Enrolment.Entered(id);
  }

  private static StoredKey newKey(EnrolmentRequest request, AgentId id) {
    return new StoredKey(request.key(), request.sealedSecretFor().apply(id), false, 0, 0);
  }
}
