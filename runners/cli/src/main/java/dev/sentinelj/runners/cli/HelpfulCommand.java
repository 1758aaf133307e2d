package dev.sentinelj.runners.cli;

import com.github.rvesse.airline.HelpOption;
import com.github.rvesse.airline.annotations.AirlineModule;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A command that answers {@code --help}. */
abstract class HelpfulCommand implements CliCommand {
  @AirlineModule private @Nullable HelpOption<CliCommand> help;

  @Override
  public final int run(CliContext context) {
    return help != null && help.showHelpIfRequested() ? ExitCode.OK : execute(context);
  }

  abstract int execute(CliContext context);

  /** A directory as it was named; an unset variable of a shell names none. */
  static Path directory(String option, String name) {
    if (name.isBlank()) {
      throw new CliException(ExitCode.USAGE, option + " is empty: name a directory");
    }
    return Path.of(name);
  }
}
