package dev.sentinelj.runners.cli;

/**
 * Runs everything in this process; found by {@code ServiceLoader} where that is on the class path.
 */
public interface UpLauncher {

  /**
   * Returns when it was told to stop.
   *
   * @return an {@link ExitCode}
   * @throws CliException when it cannot start
   */
  int run(UpOptions options, CliContext context);
}
