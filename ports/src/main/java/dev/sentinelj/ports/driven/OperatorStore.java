package dev.sentinelj.ports.driven;

import dev.sentinelj.core.access.Role;
import java.util.List;
import java.util.Optional;

/**
 * Operators and their API tokens. Calls block; they throw {@link
 * dev.sentinelj.ports.PortUnavailableException} when the store does not answer. Thread safe.
 */
public interface OperatorStore {

  Optional<Operator> find(String name);

  /**
   * @param passwordHash in the form of {@code Password.hash}
   */
  record Operator(String name, Role role, String passwordHash) {
    @Override
    public String toString() {
      return "Operator[" + name + ", " + role.word() + ", ***]";
    }
  }

  /** Enters an operator unless there is any already; true when this call entered it. */
  boolean addFirst(Operator operator);

  /** Replaces the password of an operator; false when there is none of that name. */
  boolean changePassword(String name, String passwordHash);

  void addToken(ApiToken token);

  /** The token with this digest while {@code nowMillis} is before its expiry. */
  Optional<ApiToken> findToken(String digest, long nowMillis);

  /** All tokens, expired ones too, by creation time, then id. */
  List<ApiToken> tokens();

  /**
   * @param digest {@code Password.digest} of it
   * @param expiresAtMillis 0: never
   */
  record ApiToken(
      String id,
      String digest,
      String name,
      String operator,
      Role role,
      long createdAtMillis,
      long expiresAtMillis) {}
}
