package dev.sentinelj.adapters.timescale;

import static dev.sentinelj.adapters.timescale.jooq.Tables.AGENTS;
import static dev.sentinelj.adapters.timescale.jooq.Tables.AGENT_KEYS;
import static dev.sentinelj.adapters.timescale.jooq.Tables.JOIN_TOKENS;

import dev.sentinelj.adapters.timescale.jooq.tables.records.AgentKeysRecord;
import dev.sentinelj.adapters.timescale.jooq.tables.records.AgentsRecord;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.signing.KeyId;
import dev.sentinelj.ports.driven.AgentRegistry;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;

/** Agents, keys and join tokens in PostgreSQL. */
public final class TimescaleAgentRegistry implements AgentRegistry {
  private final Database database;

  public TimescaleAgentRegistry(Database database) {
    this.database = database;
  }

  @Override
  public CompletionStage<Lookup> find(AgentId agent) {
    return database.later(
        () -> database.snapshot("looking up agent " + agent, dsl -> lookup(dsl, agent)));
  }

  @Override
  public CompletionStage<Void> addJoinToken(JoinToken token) {
    return done(
        "adding a join token",
        dsl ->
            dsl.insertInto(JOIN_TOKENS)
                .set(JOIN_TOKENS.DIGEST, token.tokenDigest())
                .set(JOIN_TOKENS.AGENT, token.agent().map(AgentId::value).orElse(null))
                .set(JOIN_TOKENS.LABELS, Labels.toJson(token.labels()))
                .set(JOIN_TOKENS.USES, token.uses())
                .set(JOIN_TOKENS.EXPIRES_AT, Times.of(token.expiresAtMillis()))
                .set(JOIN_TOKENS.CREATED_BY, StoredText.of(token.createdBy()))
                .execute());
  }

  @Override
  public CompletionStage<Enrolment> enrol(EnrolmentRequest request, long nowMillis) {
    return database.later(() ->
        database.transact(
            "enrolling an agent", dsl -> new EnrolmentRows(dsl, request, nowMillis).enrol()));
  }

  @Override
  public CompletionStage<Void> prove(AgentId agent, KeyId key, long nowMillis) {
    return done(
        "noting that a key of " + agent + " is proved",
        dsl ->
            dsl.update(AGENT_KEYS)
                .set(AGENT_KEYS.PROVED, true)
                .where(
                    AGENT_KEYS.AGENT.eq(agent.value()),
                    AGENT_KEYS.KEY_ID.eq(key.value()),
                    AGENT_KEYS.PROVED.isFalse())
                .execute());
  }

  @Override
  public CompletionStage<Void> heard(AgentId agent, String version, long nowMillis) {
    return done(
        "noting that " + agent + " was heard",
        dsl ->
            dsl.update(AGENTS)
                .set(
                    AGENTS.VERSION,
                    version.isEmpty() ? AGENTS.VERSION : DSL.val(StoredText.of(version)))
                .set(
                    AGENTS.LAST_HEARD_AT,
                    DSL.greatest(AGENTS.LAST_HEARD_AT, DSL.val(Times.of(nowMillis))))
                .where(AGENTS.ID.eq(agent.value()))
                .execute());
  }

  @Override
  public CompletionStage<List<AgentSummary>> list() {
    return database.later(() ->
        database.ask(
            "listing agents",
            dsl ->
                dsl.selectFrom(AGENTS)
                    .where(AGENTS.DELETED_AT.isNull())
                    .orderBy(AGENTS.ID)
                    .fetch(TimescaleAgentRegistry::summary)));
  }

  @FunctionalInterface
  private interface Change {
    int apply(DSLContext dsl);
  }

  private CompletionStage<Void> done(String doing, Change change) {
    return database.later(() -> database.ask(doing, change::apply)).thenAccept(_ -> {});
  }

  private static Lookup lookup(DSLContext dsl, AgentId agent) {
    AgentsRecord row = dsl.fetchOne(AGENTS, AGENTS.ID.eq(agent.value()));
    if (row == null) {
      return new Lookup.Unknown();
    }
    if (row.getDeletedAt() != null) {
      return new Lookup.Deleted(Times.millis(row.getDeletedAt()));
    }
    List<StoredKey> keys =
        dsl.selectFrom(AGENT_KEYS)
            .where(AGENT_KEYS.AGENT.eq(agent.value()))
            .orderBy(AGENT_KEYS.ORDINAL.desc())
            .fetch(TimescaleAgentRegistry::key);
    return new Lookup.Known(
        new RegisteredAgent(
            agent,
            row.getHardwareId(),
            row.getVersion(),
            Labels.parse(row.getLabels()),
            Times.millis(row.getRegisteredAt()),
            keys));
  }

  private static StoredKey key(AgentKeysRecord row) {
    return new StoredKey(
        new KeyId(row.getKeyId()),
        row.getSealedSecret(),
        row.getProved(),
        Times.millis(row.getRotatedAt()),
        Times.millis(row.getRevokedAt()));
  }

  private static AgentSummary summary(AgentsRecord row) {
    return new AgentSummary(
        new AgentId(row.getId()),
        row.getHardwareId(),
        row.getVersion(),
        Labels.parse(row.getLabels()),
        Times.millis(row.getRegisteredAt()),
        Times.millis(row.getLastHeardAt()));
  }
}
