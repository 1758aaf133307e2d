package dev.sentinelj.adapters.http;

import dev.sentinelj.core.access.Principal;
import dev.sentinelj.core.access.Role;
import java.util.Optional;

/**
 * Who a request was proved to come from: nobody, a program or a browser.
 *
 * @param session present when the proof was a browser's cookie
 */
record Identity(Optional<Principal> principal, Optional<Session> session) {
  static final Identity NOBODY = new Identity(Optional.empty(), Optional.empty());

  /** Whether whoever it was proved to be may do what {@code role} may. */
  boolean covers(Role role) {
    return principal.filter(who -> who.role().covers(role)).isPresent();
  }

  static Identity program(Principal principal) {
    return new Identity(Optional.of(principal), Optional.empty());
  }

  static Identity browser(Session session) {
    return new Identity(Optional.of(session.principal()), Optional.of(session));
  }
}
