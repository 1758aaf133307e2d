package dev.sentinelj.runners.cli;

import com.github.rvesse.airline.annotations.Option;
import com.github.rvesse.airline.annotations.restrictions.AllowedRawValues;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A command that asks a server and prints its answer as a table or as the JSON it is. */
abstract class RemoteCommand extends HelpfulCommand {
  @Option(
      name = {"-o", "--output"},
      title = "FORMAT",
      description = "table or json (default table)")
  @AllowedRawValues(allowedValues = {"table", "json"})
  private String output = "table";

  @Option(
      name = "--server",
      title = "URL",
      description = "Address of the server (default: the one kept by up or login)")
  private @Nullable String server;

  final ApiClient client(CliContext context) {
    return ApiClient.of(context, server);
  }

  /** An argument as it is, unless it looks like an option nobody knows. */
  static String plain(String title, String argument) {
    if (argument.startsWith("-")) {
      throw new CliException(
          ExitCode.USAGE, "unknown option '" + argument + "' in place of " + title);
    }
    return argument;
  }

  /** Prints {@code answer} as JSON, or as what {@code table} makes of it. */
  final int print(CliContext context, JsonNode answer, Table table) {
    context.out().println(output.equals("json") ? answer.toPrettyString() : table.render());
    return ExitCode.OK;
  }
}
