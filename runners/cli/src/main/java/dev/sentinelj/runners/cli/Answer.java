package dev.sentinelj.runners.cli;

import tools.jackson.databind.JsonNode;

/** What a command has to say. */
interface Answer {

  /** For people. */
  String text();

  /** The columns people see, with numbers and times as spreadsheets take them. */
  String csv();

  /** All of it, for programs. */
  JsonNode json();

  /** As {@code table}, {@code json}, {@code yaml} or {@code csv}. */
  default String as(String format) {
    return switch (format) {
      case "json" -> json().toPrettyString();
      case "yaml" -> Yaml.of(json());
      case "csv" -> csv();
      default -> text();
    };
  }

  /**
   * An answer of the API, and what of it stands in a table.
   *
   * @param spreadsheet the same rows for programs
   */
  record Listing(JsonNode json, Table table, Table spreadsheet) implements Answer {
    @Override
    public String text() {
      return table.render();
    }

    @Override
    public String csv() {
      return spreadsheet.csv();
    }
  }
}
