package dev.sentinelj.adapters.timescale;

import static dev.sentinelj.adapters.timescale.jooq.Tables.AGENTS;
import static dev.sentinelj.adapters.timescale.jooq.Tables.AGENT_KEYS;
import static dev.sentinelj.adapters.timescale.jooq.Tables.JOIN_TOKENS;
import static dev.sentinelj.adapters.timescale.jooq.Tables.JOIN_TOKEN_USES;

import dev.sentinelj.adapters.timescale.jooq.tables.records.AgentKeysRecord;
import dev.sentinelj.adapters.timescale.jooq.tables.records.AgentsRecord;
import dev.sentinelj.adapters.timescale.jooq.tables.records.JoinTokensRecord;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.ports.driven.AgentRegistry.Enrolment;
import dev.sentinelj.ports.driven.AgentRegistry.EnrolmentRequest;
import java.time.OffsetDateTime;
import java.util.Optional;
import org.jooq.DSLContext;

/**
 * One enrolment in one transaction. The row of the token is locked first, so that uses are counted
 * one by one.
 */
final class EnrolmentRows {
  private final DSLContext dsl;
  private final EnrolmentRequest request;
  private final OffsetDateTime now;
  private final String hardwareId;

  EnrolmentRows(DSLContext dsl, EnrolmentRequest request, long nowMillis) {
    this.dsl = dsl;
    this.request = request;
    this.now = Times.of(nowMillis);
    this.hardwareId = StoredText.of(request.hardwareId());
  }

  Enrolment enrol() {
    JoinTokensRecord token =
        dsl.selectFrom(JOIN_TOKENS)
            .where(JOIN_TOKENS.DIGEST.eq(StoredText.of(request.tokenDigest())))
            .forUpdate()
            .fetchOne();
    if (token == null) {
      return new Enrolment.UnknownToken();
    }
    if (!now.isBefore(token.getExpiresAt())) {
      return new Enrolment.ExpiredToken();
    }
    Optional<AgentId> repeated = unprovedEnrolment(token);
    if (repeated.isPresent()) {
      return repeat(repeated.get(), token);
    }
    return token.getUsed() >= token.getUses() ? new Enrolment.UsedToken() : enter(token);
  }

  /** The agent that this hardware entered with this token, unless its key was proved since. */
  private Optional<AgentId> unprovedEnrolment(JoinTokensRecord token) {
    return dsl.select(AGENTS.ID)
        .from(JOIN_TOKEN_USES)
        .join(AGENTS)
        .on(AGENTS.ID.eq(JOIN_TOKEN_USES.AGENT).and(AGENTS.DELETED_AT.isNull()))
        .join(AGENT_KEYS)
        .on(
            AGENT_KEYS.AGENT.eq(JOIN_TOKEN_USES.AGENT),
            AGENT_KEYS.KEY_ID.eq(JOIN_TOKEN_USES.KEY_ID),
            AGENT_KEYS.PROVED.isFalse())
        .where(
            JOIN_TOKEN_USES.DIGEST.eq(token.getDigest()),
            JOIN_TOKEN_USES.HARDWARE_ID.eq(hardwareId))
        .forUpdate()
        .fetchOptional(row -> new AgentId(row.value1()));
  }

  private Enrolment repeat(AgentId id, JoinTokensRecord token) {
    dsl.deleteFrom(AGENT_KEYS)
        .where(AGENT_KEYS.AGENT.eq(id.value()), AGENT_KEYS.PROVED.isFalse())
        .execute();
    addKey(id);
    noteUse(id, token);
    return new Enrolment.Entered(id);
  }

  private Enrolment enter(JoinTokensRecord token) {
    boolean named = token.getAgent() != null;
    AgentId id = named ? new AgentId(token.getAgent()) : request.candidate();
    AgentsRecord former =
        dsl.selectFrom(AGENTS).where(AGENTS.ID.eq(id.value())).forUpdate().fetchOne();
    if (former != null && former.getDeletedAt() != null) {
      return new Enrolment.UnknownToken();
    }
    if (former != null && !named) {
      throw new IllegalArgumentException("the candidate id is taken: " + id);
    }
    if (former == null) {
      addAgent(id, token);
    } else {
      replaceAgent(former, token);
    }
    addKey(id);
    noteUse(id, token);
    token.setUsed(token.getUsed() + 1);
    token.update();
    return new Enrolment.Entered(id);
  }

  private void addAgent(AgentId id, JoinTokensRecord token) {
    dsl.insertInto(AGENTS)
        .set(AGENTS.ID, id.value())
        .set(AGENTS.HARDWARE_ID, hardwareId)
        .set(AGENTS.VERSION, StoredText.of(request.version()))
        .set(AGENTS.LABELS, token.getLabels())
        .set(AGENTS.REGISTERED_AT, now)
        .execute();
  }

  /** It keeps its id and its data; its former keys sign nothing new after their grace period. */
  private void replaceAgent(AgentsRecord agent, JoinTokensRecord token) {
    agent.setHardwareId(hardwareId);
    agent.setVersion(StoredText.of(request.version()));
    agent.setLabels(token.getLabels());
    agent.update();
    dsl.update(AGENT_KEYS)
        .set(AGENT_KEYS.ROTATED_AT, now)
        .where(AGENT_KEYS.AGENT.eq(agent.getId()), AGENT_KEYS.ROTATED_AT.isNull())
        .execute();
  }

  private void addKey(AgentId id) {
    AgentKeysRecord key = dsl.newRecord(AGENT_KEYS);
    key.setAgent(id.value());
    key.setKeyId(request.key().value());
    key.setSealedSecret(request.sealedSecretFor().apply(id));
    key.setProved(false);
    key.setCreatedAt(now);
    key.insert();
  }

  private void noteUse(AgentId id, JoinTokensRecord token) {
    dsl.insertInto(JOIN_TOKEN_USES)
        .set(JOIN_TOKEN_USES.DIGEST, token.getDigest())
        .set(JOIN_TOKEN_USES.HARDWARE_ID, hardwareId)
        .set(JOIN_TOKEN_USES.AGENT, id.value())
        .set(JOIN_TOKEN_USES.KEY_ID, request.key().value())
        .set(JOIN_TOKEN_USES.USED_AT, now)
        .onConflict(JOIN_TOKEN_USES.DIGEST, JOIN_TOKEN_USES.HARDWARE_ID)
        .doUpdate()
        .set(JOIN_TOKEN_USES.AGENT, id.value())
        .set(JOIN_TOKEN_USES.KEY_ID, request.key().value())
        .set(JOIN_TOKEN_USES.USED_AT, now)
        .execute();
  }
}
