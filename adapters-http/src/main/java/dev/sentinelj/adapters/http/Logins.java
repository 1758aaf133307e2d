package dev.sentinelj.adapters.http;

import dev.sentinelj.core.access.Principal;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.driving.OperatorAccess;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checks name and password, not faster than a person types them. */
final class Logins {
  private static final Logger LOG = LoggerFactory.getLogger(Logins.class);

  private final OperatorAccess access;
  private final RateLimiter rate =
      new RateLimiter(
          HttpLimits.LOGIN_BURST, HttpLimits.LOGIN_REFILL_SECONDS, HttpLimits.MAX_RATED_ADDRESSES);

  Logins(OperatorAccess access) {
    this.access = access;
  }

  Principal login(String user, String password, String remote, Now now) {
    long wait = rate.take(remote, now);
    if (wait > 0) {
      LOG.warn("login from {} refused: too many tries", remote);
      throw new ProblemException(
          Problem.retryLater(429, "too many tries to log in: wait " + wait + " s", wait));
    }
    Principal principal =
        access
            .login(user, password, now.wallMillis())
            .orElseThrow(() -> {
              LOG.warn("login from {} refused", remote);
              return Problem.wrongLogin();
            });
    LOG.info("{} logged in from {}", principal.name(), remote);
    return principal;
  }
}
