package dev.sentinelj.adapters.memory;

import dev.sentinelj.core.signing.KeyId;
import dev.sentinelj.ports.driven.AgentRegistry.AgentSummary;
import dev.sentinelj.ports.driven.AgentRegistry.RegisteredAgent;
import dev.sentinelj.ports.driven.AgentRegistry.StoredKey;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * @param tokenDigest the join token it enrolled with last
 * @param deletedAtMillis 0 while it is not deleted
 */
record AgentRow(
    RegisteredAgent agent, String tokenDigest, long lastHeardMillis, long deletedAtMillis) {

  boolean deleted() {
    return deletedAtMillis != 0;
  }

  AgentRow deletedAt(long millis) {
    return new AgentRow(agent, tokenDigest, lastHeardMillis, millis);
  }

  /** Whether an enrolment of this hardware with this token may be repeated. */
  boolean unprovedEnrolment(String digest, String hardwareId) {
    return !deleted()
        && tokenDigest.equals(digest)
        && agent.hardwareId().equals(hardwareId)
        && !agent.keys().isEmpty()
        && !agent.keys().getFirst().proved();
  }

  AgentRow withKeys(List<StoredKey> keys) {
    RegisteredAgent changed =
        new RegisteredAgent(
            agent.id(),
            agent.hardwareId(),
            agent.version(),
            agent.labels(),
            agent.registeredAtMillis(),
            keys);
    return new AgentRow(changed, tokenDigest, lastHeardMillis, deletedAtMillis);
  }

  AgentRow proved(KeyId key) {
    return withKeys(
        mapped(stored ->
            stored.id().equals(key)
                ? new StoredKey(
                    key,
                    stored.sealedSecret(),
                    true,
                    stored.rotatedAtMillis(),
                    stored.revokedAtMillis())
                : stored));
  }

  AgentRow heard(String version, long nowMillis) {
    RegisteredAgent changed =
        new RegisteredAgent(
            agent.id(),
            agent.hardwareId(),
            version.isEmpty() ? agent.version() : version,
            agent.labels(),
            agent.registeredAtMillis(),
            agent.keys());
    return new AgentRow(
        changed, tokenDigest, Math.max(lastHeardMillis, nowMillis), deletedAtMillis);
  }

  /** The keys in front of which a new one may stand: none of them signs anything new. */
  List<StoredKey> keysRotated(long nowMillis) {
    return mapped(stored ->
        stored.rotatedAtMillis() == 0
            ? new StoredKey(
                stored.id(),
                stored.sealedSecret(),
                stored.proved(),
                nowMillis,
                stored.revokedAtMillis())
            : stored);
  }

  AgentSummary summary() {
    return new AgentSummary(
        agent.id(),
        agent.hardwareId(),
        agent.version(),
        agent.labels(),
        agent.registeredAtMillis(),
        lastHeardMillis);
  }

  private List<StoredKey> mapped(UnaryOperator<StoredKey> change) {
    return new ArrayList<>(agent.keys().stream().map(change).toList());
  }
}
