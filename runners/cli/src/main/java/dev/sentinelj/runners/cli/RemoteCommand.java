package dev.sentinelj.runners.cli;

import com.github.rvesse.airline.annotations.Option;
import com.github.rvesse.airline.annotations.restrictions.AllowedRawValues;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A command that asks a server and prints its answer: for people as a table or its columns as CSV,
 * for programs whole, as JSON or YAML.
 */
abstract class RemoteCommand extends HelpfulCommand {
  @Option(
      name = {"-o", "--output"},
      title = "FORMAT",
      description = "table, json, yaml or csv (default table)")
  @AllowedRawValues(allowedValues = {"table", "json", "yaml", "csv"})
  private String output = "table";

  @Option(
      name = "--server",
      title = "URL",
      description = "Address of the server (default: the one kept by up or login)")
  private @Nullable String server;

  final ApiClient client(CliContext context) {
    return ApiClient.of(context, server).naming(optionNames());
  }

  /** What this command calls the fields of the API, for when one of them is at fault. */
  Map<String, String> optionNames() {
    return Map.of();
  }

  /** A number within its bounds, told in the words of the command line. */
  static int bounded(String option, int value, int min, int max) {
    if (value < min || value > max) {
      throw new CliException(
          ExitCode.USAGE, option + " must be from " + min + " to " + max + ", not " + value);
    }
    return value;
  }

  /** An argument as it is, unless it looks like an option nobody knows. */
  static String plain(String title, String argument) {
    if (argument.startsWith("-")) {
      throw new CliException(
          ExitCode.USAGE, "unknown option '" + argument + "' in place of " + title);
    }
    return argument;
  }

  /** Prints {@code answer} as it is, or as what {@code table} makes of it. */
  final int print(CliContext context, JsonNode answer, Table table) {
    context
        .out()
        .println(
            switch (output) {
              case "json" -> answer.toPrettyString();
              case "yaml" -> Yaml.of(answer);
              case "csv" -> table.csv();
              default -> table.render();
            });
    return ExitCode.OK;
  }

  /** Whether people read along, so that more than the answer may be said. */
  final boolean isTable() {
    return output.equals("table");
  }
}
