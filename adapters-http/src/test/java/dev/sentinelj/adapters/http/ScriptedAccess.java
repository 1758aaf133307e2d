package dev.sentinelj.adapters.http;

import dev.sentinelj.core.access.Principal;
import dev.sentinelj.core.access.Role;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driving.OperatorAccess;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Knows three operators, named and API-tokened after their role; passwords are {@code NAME-pass}.
 */
final class ScriptedAccess implements OperatorAccess {
  final List<String> created = new ArrayList<>();
  volatile boolean down;

  @Override
  public Optional<Principal> login(String name, String password, long nowMillis) {
    if (down) {
      throw new PortUnavailableException("operators are out");
    }
    return password.equals(name + "-pass") ? principal(name) : Optional.empty();
  }

  @Override
  public Optional<Principal> token(String token, long nowMillis) {
    return token.startsWith("token-") ? principal(token.substring(6)) : Optional.empty();
  }

  @Override
  public String createToken(
      Principal by, String name, Role role, long nowMillis, long expiresAtMillis) {
    created.add(by.name() + " " + name + " " + role.word() + " " + (expiresAtMillis - nowMillis));
    return "made-token";
  }

  @Override
  public Optional<String> createFirstAdmin(long nowMillis) {
    return Optional.empty();
  }

  static Optional<Principal> principal(String name) {
    try {
      return Optional.of(new Principal(name, Role.ofWord(name)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
