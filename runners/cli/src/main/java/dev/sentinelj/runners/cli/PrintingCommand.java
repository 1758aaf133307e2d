package dev.sentinelj.runners.cli;

import com.github.rvesse.airline.annotations.Option;
import com.github.rvesse.airline.annotations.restrictions.AllowedRawValues;

/**
 * A command that prints an answer: for people as a table or its columns as CSV, for programs whole,
 * as JSON or YAML.
 */
abstract class PrintingCommand extends HelpfulCommand {
  @Option(
      name = {"-o", "--output"},
      title = "FORMAT",
      description = "table, json, yaml or csv (default table)")
  @AllowedRawValues(allowedValues = {"table", "json", "yaml", "csv"})
  private String output = "table";

  final void print(CliContext context, Answer answer) {
    context.out().println(answer.as(output));
  }

  /** Whether people read along, so that more than the answer may be said. */
  final boolean isTable() {
    return output.equals("table");
  }
}
