package dev.sentinelj.ports.driving;

import dev.sentinelj.core.access.Principal;
import dev.sentinelj.core.access.Role;
import java.util.Optional;

/**
 * Proves who an operator is. Calls block and throw {@link
 * dev.sentinelj.ports.PortUnavailableException} when the store does not answer. An unknown name
 * takes as long as a wrong password.
 */
public interface OperatorAccess {

  /** Who this is, when name and password fit. */
  Optional<Principal> login(String name, String password, long nowMillis);

  /** Who this API token stands for. */
  Optional<Principal> token(String token, long nowMillis);

  /** A new API token for {@code by}, told once; its role never exceeds the operator's. */
  String createToken(Principal by, String name, Role role, long nowMillis, long expiresAtMillis);

  /**
   * Makes the first operator, {@code admin}, when there is none yet.
   *
   * @return its password, told once; empty when there is an operator
   */
  Optional<String> createFirstAdmin(long nowMillis);
}
