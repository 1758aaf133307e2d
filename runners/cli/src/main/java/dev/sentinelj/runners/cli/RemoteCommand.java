package dev.sentinelj.runners.cli;

import com.github.rvesse.airline.annotations.Option;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A command that asks a server and prints its answer. */
abstract class RemoteCommand extends PrintingCommand {
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
    return print(context, answer, table, table);
  }

  /** The same, where the table rounds and tells ages, and {@code spreadsheet} does not. */
  final int print(CliContext context, JsonNode answer, Table table, Table spreadsheet) {
    print(context, new Answer.Listing(answer, table, spreadsheet));
    return ExitCode.OK;
  }
}
