package dev.sentinelj.runners.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Runs command lines in this process and keeps what they wrote last. */
final class Shell {
  private final Path home;
  private final Map<String, String> environment;
  private ByteArrayOutputStream out = new ByteArrayOutputStream();
  private ByteArrayOutputStream err = new ByteArrayOutputStream();

  Shell(Path home, Map<String, String> environment) {
    this.home = home;
    this.environment = environment;
  }

  /**
   * @return the exit code
   */
  int run(String... arguments) {
    out = new ByteArrayOutputStream();
    err = new ByteArrayOutputStream();
    CliContext context =
        new CliContext(print(out), print(err), environment, Optional.empty(), home);
    return new CommandLine(context).run(arguments);
  }

  String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  private static PrintStream print(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }
}
