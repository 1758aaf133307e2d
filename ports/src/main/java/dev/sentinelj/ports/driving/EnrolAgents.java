package dev.sentinelj.ports.driving;

import dev.sentinelj.core.access.Principal;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.signing.KeyId;
import dev.sentinelj.core.signing.Secret;
import dev.sentinelj.core.time.Now;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Lets agents in, by tokens that an operator made. Stages fail with {@link
 * dev.sentinelj.ports.PortUnavailableException}.
 */
public interface EnrolAgents {

  /**
   * A new join token, told once.
   *
   * @throws IllegalArgumentException when a value is out of range; the message names it
   */
  CompletionStage<JoinToken> createToken(TokenRequest request, Principal by, Now now);

  /**
   * @param agent the id that whoever uses it gets, or empty for a new one
   * @param uses 1 to 1,000
   * @param ttl 1 minute to 30 days
   */
  record TokenRequest(
      Optional<AgentId> agent, Map<String, String> labels, int uses, Duration ttl) {}

  record JoinToken(String token, long expiresAtMillis, int uses) {
    @Override
    public String toString() {
      return "JoinToken[***]";
    }
  }

  /** Never gives out a secret that exists already. */
  CompletionStage<Enrolled> enrol(String token, String hardwareId, String version, Now now);

  sealed interface Enrolled {
    record Welcome(AgentId agent, KeyId key, Secret secret, long serverMillis)
        implements Enrolled {}

    /**
     * @param code {@code unknown_token}, {@code expired_token}, {@code used_token} or {@code
     *     bad_request}
     */
    record Refused(String code, String message) implements Enrolled {}
  }
}
