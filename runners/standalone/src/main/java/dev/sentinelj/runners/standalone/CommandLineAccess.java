package dev.sentinelj.runners.standalone;

import dev.sentinelj.core.access.Principal;
import dev.sentinelj.core.access.Role;
import dev.sentinelj.ports.driving.OperatorAccess;
import dev.sentinelj.runners.cli.ApiContext;
import dev.sentinelj.runners.runtime.SystemClock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Lets the command line of this machine work at once, without a login. */
final class CommandLineAccess {
  private CommandLineAccess() {}

  /**
   * Writes down in {@code root} where the server is, and a token for it; one that is there already
   * and still good is kept.
   */
  static void give(Path root, String url, OperatorAccess operators) {
    Optional<String> kept =
        ApiContext.read(root)
            .token()
            .filter(token -> operators.token(token, SystemClock.wallMillis()).isPresent());
    try {
      new ApiContext(url, kept.or(() -> Optional.of(newToken(operators)))).write(root);
    } catch (IOException e) {
      throw new StartException(
          "cannot write the command line's context to " + root + ": " + e.getMessage(), e);
    }
  }

  private static String newToken(OperatorAccess operators) {
    return operators.createToken(
        new Principal("admin", Role.ADMIN), "sentinel up", Role.ADMIN, SystemClock.wallMillis(), 0);
  }
}
