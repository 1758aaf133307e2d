package dev.sentinelj.runners.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Rows under headings, columns as wide as they must be. */
final class Table {
  private final List<List<String>> rows = new ArrayList<>();
  private final String whenEmpty;

  Table(String whenEmpty, String... headings) {
    this.whenEmpty = whenEmpty;
    rows.add(List.of(headings));
  }

  Table row(String... cells) {
    rows.add(List.of(cells).stream().map(Table::clean).toList());
    return this;
  }

  String render() {
    if (rows.size() == 1) {
      return whenEmpty;
    }
    int[] widths = widths();
    return rows.stream().map(row -> line(row, widths)).collect(Collectors.joining("\n"));
  }

  /** Everything under its headings as RFC 4180 has it, also when there are no rows. */
  String csv() {
    return rows.stream()
        .map(row -> row.stream().map(Table::quoted).collect(Collectors.joining(",")))
        .collect(Collectors.joining("\r\n"));
  }

  private static String quoted(String cell) {
    return cell.matches("[^\",\r\n]*") ? cell : '"' + cell.replace("\"", "\"\"") + '"';
  }

  private int[] widths() {
    return IntStream.range(0, rows.getFirst().size())
        .map(column -> rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0))
        .toArray();
  }

  private static String line(List<String> row, int... widths) {
    return IntStream.range(0, row.size())
        .mapToObj(i -> row.get(i) + " ".repeat(widths[i] - row.get(i).length()))
        .collect(Collectors.joining("  "))
        .stripTrailing();
  }

  /** A control character in a label must not reach a terminal. */
  static String clean(String cell) {
    return cell.replaceAll("\\p{Cntrl}", "?");
  }
}
