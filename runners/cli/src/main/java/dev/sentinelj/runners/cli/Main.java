package dev.sentinelj.runners.cli;

import java.nio.file.Path;
import java.util.Optional;

/** {@code sentinel}. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    CliContext context =
        new CliContext(
            System.out,
            System.err,
            System.getenv(),
            Optional.ofNullable(System.console()).filter(java.io.Console::isTerminal),
            Path.of(System.getProperty("user.home")));
    int exitCode = new CommandLine(context).run(args);
    System.out.flush();
    if (exitCode != ExitCode.OK) {
      System.exit(exitCode);
    }
  }
}
