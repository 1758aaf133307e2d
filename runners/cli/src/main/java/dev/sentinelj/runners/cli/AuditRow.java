package dev.sentinelj.runners.cli;

import dev.sentinelj.auditor.EpochAudit;
import dev.sentinelj.auditor.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * One line of the table of an audit: an epoch, or all those of an agent that are as they should be
 * when they would hide the others.
 *
 * @param epochs at least one, all of the same verdict
 */
record AuditRow(String agent, String name, List<EpochAudit> epochs) {
  /** So many epochs of an agent have a line each. */
  static final int MAX_EPOCHS = 10;

  /** So many digits of an epoch tell it from the others of an agent. */
  private static final int DIGITS = 8;

  /** In the order of {@code audited}; what is folded stands behind the agent's others. */
  static List<AuditRow> of(List<EpochAudit> audited) {
    Map<String, List<EpochAudit>> byAgent =
        audited.stream()
            .collect(
                Collectors.groupingBy(EpochAudit::agent, LinkedHashMap::new, Collectors.toList()));
    List<AuditRow> rows = new ArrayList<>();
    byAgent.forEach((agent, epochs) -> rows.addAll(ofAgent(agent, epochs)));
    return rows;
  }

  private static List<AuditRow> ofAgent(String agent, List<EpochAudit> epochs) {
    List<EpochAudit> fine = epochs.stream().filter(epoch -> epoch.verdict() == Verdict.OK).toList();
    if (epochs.size() <= MAX_EPOCHS || fine.size() < 2) {
      return epochs.stream().map(AuditRow::one).toList();
    }
    List<AuditRow> rows = new ArrayList<>();
    epochs.stream()
        .filter(epoch -> epoch.verdict() != Verdict.OK)
        .map(AuditRow::one)
        .forEach(rows::add);
    rows.add(new AuditRow(agent, fine.size() + " epochs", fine));
    return rows;
  }

  private static AuditRow one(EpochAudit epoch) {
    return new AuditRow(epoch.agent(), nameOf(epoch), List.of(epoch));
  }

  /** As much of its number as people need. */
  static String nameOf(EpochAudit epoch) {
    return epoch.epochHex().substring(0, DIGITS);
  }
}
