package dev.sentinelj.ports.driven;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.signing.KeyId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Agents, their keys and the tokens that let them in. Secrets come and go sealed. Every stage fails
 * with {@link dev.sentinelj.ports.PortUnavailableException} when the registry does not answer: that
 * is not the same as unknown. Thread safe.
 */
public interface AgentRegistry {

  CompletionStage<Lookup> find(AgentId agent);

  /** What is known under an id. */
  sealed interface Lookup {
    record Known(RegisteredAgent agent) implements Lookup {}

    /** It was deleted at this time; its id is not given out again. */
    record Deleted(long atMillis) implements Lookup {}

    record Unknown() implements Lookup {}
  }

  /**
   * @param keys newest first
   */
  record RegisteredAgent(
      AgentId id,
      String hardwareId,
      String version,
      SortedMap<String, String> labels,
      long registeredAtMillis,
      List<StoredKey> keys) {
    public RegisteredAgent {
      keys = List.copyOf(keys);
    }
  }

  /**
   * @param sealedSecret sealed under the context {@link #context(AgentId, KeyId)}
   * @param rotatedAtMillis 0 while it is current
   * @param revokedAtMillis 0 unless revoked
   */
  record StoredKey(
      KeyId id, byte[] sealedSecret, boolean proved, long rotatedAtMillis, long revokedAtMillis) {}

  /** What a key's secret is bound to where it is kept. */
  static String context(AgentId agent, KeyId key) {
    return "agent:" + agent + "/" + key;
  }

  /** Keeps a new join token. {@code tokenDigest} is {@code Password.digest} of it. */
  CompletionStage<Void> addJoinToken(JoinToken token);

  /**
   * @param agent the id that whoever uses it gets, or empty for a new one
   * @param uses how many agents may enrol with it, at least 1
   */
  record JoinToken(
      String tokenDigest,
      Optional<AgentId> agent,
      Map<String, String> labels,
      int uses,
      long expiresAtMillis,
      String createdBy) {}

  /**
   * Takes a use of the token and enters the agent with its first key, all or nothing. The same
   * token and hardware id again, before the agent's first valid MAC, takes no further use and
   * replaces the unproved key; the agent keeps its id. A token that names a known agent gives it a
   * new first key, and its older keys count as rotated at {@code nowMillis}; one that names a
   * deleted agent is unknown. A token is good while {@code nowMillis} is before its expiry; expiry
   * comes before everything else.
   */
  CompletionStage<Enrolment> enrol(EnrolmentRequest request, long nowMillis);

  /**
   * @param candidate the id to use for a new agent, one that was never used
   * @param sealedSecretFor gives the sealed secret for the id that the agent gets
   */
  record EnrolmentRequest(
      String tokenDigest,
      String hardwareId,
      String version,
      AgentId candidate,
      KeyId key,
      Function<AgentId, byte[]> sealedSecretFor) {}

  sealed interface Enrolment {
    /** The agent is entered under this id with the key of the request. */
    record Entered(AgentId agent) implements Enrolment {}

    record UnknownToken() implements Enrolment {}

    record ExpiredToken() implements Enrolment {}

    /** All its uses are taken. */
    record UsedToken() implements Enrolment {}
  }

  /**
   * Notes that a MAC under this key held: its enrolment cannot be repeated any more. Idempotent,
   * and without effect for an agent or key that is not known.
   */
  CompletionStage<Void> prove(AgentId agent, KeyId key, long nowMillis);

  /**
   * Notes that the agent was heard, with what it says of itself; the greatest time counts. May be
   * called often. No effect for an agent that is not known.
   *
   * @param version empty when it did not say; then the last one stays
   */
  CompletionStage<Void> heard(AgentId agent, String version, long nowMillis);

  /** All agents that were not deleted, by id. */
  CompletionStage<List<AgentSummary>> list();

  /**
   * @param lastHeardMillis 0 when it never was
   */
  record AgentSummary(
      AgentId id,
      String hardwareId,
      String version,
      SortedMap<String, String> labels,
      long registeredAtMillis,
      long lastHeardMillis) {}
}
