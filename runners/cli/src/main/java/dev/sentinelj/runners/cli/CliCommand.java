package dev.sentinelj.runners.cli;

/** A command after its options were read. */
public interface CliCommand {

  /**
   * @return an {@link ExitCode}
   * @throws CliException to end with one line and another code
   */
  int run(CliContext context);
}
