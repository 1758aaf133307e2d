package dev.sentinelj.runners.cli;

import com.github.rvesse.airline.annotations.Command;
import com.github.rvesse.airline.annotations.Option;
import com.github.rvesse.airline.annotations.restrictions.AllowedRawValues;
import java.util.Optional;

/** Which build this is. */
@Command(name = "version", description = "Print the version of this program")
public final class VersionCommand extends HelpfulCommand {
  @Option(
      name = {"-o", "--output"},
      title = "FORMAT",
      description = "table or json (default table)")
  @AllowedRawValues(allowedValues = {"table", "json"})
  private String output = "table";

  @Override
  int execute(CliContext context) {
    String version =
        Optional.ofNullable(VersionCommand.class.getPackage().getImplementationVersion())
            .orElse("development");
    context
        .out()
        .println(
            output.equals("json")
                ? "{\"version\":\"" + version + "\",\"java\":\"" + Runtime.version() + "\"}"
                : "sentinel " + version + " (Java " + Runtime.version() + ")");
    return ExitCode.OK;
  }
}
