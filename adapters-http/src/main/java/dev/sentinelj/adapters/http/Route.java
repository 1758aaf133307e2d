package dev.sentinelj.adapters.http;

import dev.sentinelj.core.access.Role;
import java.util.Optional;

/**
 * One declared way in. There is no other: what is not declared is not served.
 *
 * @param template a path with {@code {name}} for its variable parts
 * @param role the least role that may call it; empty when anybody may
 */
record Route(String method, String template, Optional<Role> role, Endpoint endpoint) {

  /** What answers. May throw {@link ProblemException} and a port's exceptions. */
  @FunctionalInterface
  interface Endpoint {
    Reply answer(Call call);
  }

  static Route open(String method, String template, Endpoint endpoint) {
    return new Route(method, template, Optional.empty(), endpoint);
  }

  static Route of(String method, String template, Role role, Endpoint endpoint) {
    return new Route(method, template, Optional.of(role), endpoint);
  }

  boolean admits(Identity identity) {
    return role.isEmpty() || identity.covers(role.get());
  }
}
