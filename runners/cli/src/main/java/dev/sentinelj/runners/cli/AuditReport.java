package dev.sentinelj.runners.cli;

import dev.sentinelj.auditor.Audit;
import dev.sentinelj.auditor.EpochAudit;
import dev.sentinelj.auditor.Finding;
import dev.sentinelj.auditor.Scope;
import dev.sentinelj.auditor.SeqSpan;
import dev.sentinelj.auditor.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** An audit as people and programs read it. */
final class AuditReport implements Answer {
  /** At most so many lines of explanation; the rest is in {@code -o json}. */
  private static final int LINES = 20;

  private final Audit audit;
  private final Scope scope;

  private AuditReport(Audit audit, Scope scope) {
    this.audit = audit;
    this.scope = scope;
  }

  static AuditReport of(Audit audit, Scope scope) {
    return new AuditReport(audit, scope);
  }

  /** A number of an epoch, and whether its column stays away when all are 0. */
  private record Column(String name, boolean rare, ToLongFunction<EpochAudit> value) {
    String heading() {
      return name.replace('_', ' ').toUpperCase(Locale.ROOT);
    }
  }

  private static final List<Column> COLUMNS =
      List.of(
          new Column("collected", false, EpochAudit::collected),
          new Column("stored", false, EpochAudit::stored),
          new Column("quarantined", true, EpochAudit::quarantined),
          new Column("lost", true, EpochAudit::lost),
          new Column("overflow", true, EpochAudit::overflow),
          new Column("moved", true, EpochAudit::moved),
          new Column("in_flight", true, EpochAudit::inFlight),
          new Column("unaccounted", true, EpochAudit::unaccounted));

  @Override
  public String text() {
    if (audit.epochs().isEmpty()) {
      return scope
          .agent()
          .map(id -> "nothing to audit yet: " + id + " has not sent anything")
          .orElse("nothing to audit yet: no agent has sent anything");
    }
    List<String> lines = new ArrayList<>(List.of(table()));
    lines.addAll(explanations());
    lines.add(summary());
    return String.join("\n", lines);
  }

  private String table() {
    List<Column> shown =
        COLUMNS.stream().filter(column -> !column.rare() || total(column) != 0).toList();
    List<String> headings = new ArrayList<>(List.of("AGENT", "EPOCH"));
    shown.forEach(column -> headings.add(column.heading()));
    headings.add("VERDICT");
    Table table = new Table("", headings.toArray(String[]::new));
    AuditRow.of(audit.epochs()).forEach(row -> table.row(cells(row, shown)));
    return table.render();
  }

  private static String[] cells(AuditRow row, List<Column> shown) {
    List<String> cells = new ArrayList<>(List.of(row.agent(), row.name()));
    shown.forEach(
        column -> cells.add(Long.toString(row.epochs().stream().mapToLong(column.value()).sum())));
    cells.add(row.epochs().getFirst().verdict().word());
    return cells.toArray(String[]::new);
  }

  private List<String> explanations() {
    List<String> lines = new ArrayList<>();
    for (EpochAudit epoch : audit.epochs()) {
      for (Finding finding : epoch.findings()) {
        lines.add(
            (finding.fault() ? "! " : "  ")
                + epoch.agent()
                + " "
                + AuditRow.nameOf(epoch)
                + ": "
                + finding.text());
      }
    }
    audit.recounts().stream()
        .flatMap(one -> one.finding().stream())
        .forEach(finding -> lines.add((finding.fault() ? "! " : "  ") + finding.text()));
    lines.sort((left, right) -> Boolean.compare(left.startsWith(" "), right.startsWith(" ")));
    if (lines.size() > LINES) {
      int more = lines.size() - LINES;
      lines.subList(LINES, lines.size()).clear();
      lines.add("  ... and " + more + " more: see -o json");
    }
    return lines;
  }

  private String summary() {
    String parts =
        COLUMNS.subList(1, COLUMNS.size() - 1).stream()
            .map(this::totalOf)
            .collect(Collectors.joining(" + "));
    String counted =
        audit.recounts().isEmpty()
            ? ""
            : "\ncounted "
                + audit.recounts().stream().mapToLong(Audit.Recount::counted).sum()
                + " rows of samples";
    return totalOf(COLUMNS.getFirst())
        + " = "
        + parts
        + "; "
        + totalOf(COLUMNS.getLast())
        + counted
        + "\n"
        + (audit.accounted()
            ? "every sample is accounted for"
            : "NOT every sample is accounted for: look further with"
                + " sentinel audit --agent ID --epoch HEX -o json");
  }

  private String totalOf(Column column) {
    return total(column) + " " + column.name().replace('_', ' ');
  }

  private long total(Column column) {
    return audit.epochs().stream().mapToLong(column.value()).sum();
  }

  @Override
  public String csv() {
    List<String> lines = new ArrayList<>();
    lines.add(
        "AGENT,EPOCH,VERDICT,"
            + String.join(",", COLUMNS.stream().map(Column::heading).toList())
            + ",BATCHES,LAST SEQ,PARKED");
    for (EpochAudit epoch : audit.epochs()) {
      List<String> cells =
          new ArrayList<>(List.of(quoted(epoch.agent()), epoch.epochHex(), word(epoch.verdict())));
      COLUMNS.forEach(column -> cells.add(Long.toString(column.value().applyAsLong(epoch))));
      cells.add(Long.toString(epoch.batches()));
      cells.add(Long.toString(epoch.lastSeq()));
      cells.add(Long.toString(epoch.parked()));
      lines.add(String.join(",", cells));
    }
    return String.join("\n", lines);
  }

  private static String quoted(String cell) {
    return cell.matches("[\\w.:@/-]*") ? cell : '"' + cell.replace("\"", "\"\"") + '"';
  }

  @Override
  public JsonNode json() {
    ObjectNode root = ApiClient.JSON.createObjectNode();
    root.put("at", Instant.ofEpochMilli(audit.atMillis()).toString());
    root.put("accounted", audit.accounted());
    ObjectNode totals = root.putObject("totals");
    COLUMNS.forEach(column -> totals.put(column.name(), total(column)));
    ArrayNode epochs = root.putArray("epochs");
    audit.epochs().forEach(epoch -> fill(epochs.addObject(), epoch));
    ArrayNode recounts = root.putArray("recounts");
    for (Audit.Recount one : audit.recounts()) {
      ObjectNode node = recounts.addObject();
      node.put("agent", one.agent());
      node.put("stored", one.stored());
      node.put("counted", one.counted());
      one.finding().ifPresent(finding -> fill(node.putObject("finding"), finding));
    }
    return root;
  }

  private static void fill(ObjectNode node, EpochAudit epoch) {
    node.put("agent", epoch.agent());
    node.put("epoch", epoch.epochHex());
    node.put("verdict", word(epoch.verdict()));
    COLUMNS.forEach(column -> node.put(column.name(), column.value().applyAsLong(epoch)));
    node.put("batches", epoch.batches());
    node.put("last_seq", epoch.lastSeq());
    node.put("parked", epoch.parked());
    ArrayNode missing = node.putArray("missing_seqs");
    for (SeqSpan span : epoch.missing()) {
      missing.addArray().add(span.from()).add(span.to());
    }
    ArrayNode findings = node.putArray("findings");
    epoch.findings().forEach(finding -> fill(findings.addObject(), finding));
  }

  private static void fill(ObjectNode node, Finding finding) {
    node.put("kind", finding.kind().name().toLowerCase(Locale.ROOT));
    node.put("fault", finding.fault());
    node.put("samples", finding.samples());
    node.put("text", finding.text());
  }

  private static String word(Verdict verdict) {
    return verdict.name().toLowerCase(Locale.ROOT);
  }
}
