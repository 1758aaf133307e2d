package dev.sentinelj.runners.cli;

import java.io.Console;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What a command may touch of the process it runs in.
 *
 * @param environment the environment variables
 * @param console where to ask for a password; empty when nobody is there to answer
 */
public record CliContext(
    PrintStream out,
    PrintStream err,
    Map<String, String> environment,
    Optional<Console> console,
    Path userHome) {
  public CliContext {
    environment = Map.copyOf(environment);
  }

  public Optional<String> variable(String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
  }

  /** {@code $SENTINEL_HOME}, by default {@code ~/.sentinel}. */
  public Path home() {
    return variable("SENTINEL_HOME").map(Path::of).orElse(userHome.resolve(".sentinel"));
  }
}
