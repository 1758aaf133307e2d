package dev.sentinelj.application.worker;

import dev.sentinelj.application.status.Counters;
import dev.sentinelj.application.worker.WorkerStrand.PartitionReport;
import dev.sentinelj.ports.driving.ServerStatus;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** How the strands of a worker are doing. */
public final class WorkerStatus implements ServerStatus {
  private final Counters counters;
  private final List<WorkerStrand> strands;

  public WorkerStatus(Counters counters, List<WorkerStrand> strands) {
    this.counters = counters;
    this.strands = List.copyOf(strands);
  }

  @Override
  public Report report() {
    Map<String, Long> totals = counters.snapshot();
    List<PartitionReport> reports =
        strands.stream()
            .flatMap(strand -> strand.reports().stream())
            .sorted(Comparator.comparingInt(PartitionReport::partition))
            .toList();
    totals.put("partitions_owned", reports.stream().filter(PartitionReport::owned).count());
    totals.put(
        "lag_millis", reports.stream().mapToLong(PartitionReport::lagMillis).max().orElse(0));
    return new Report(reports.stream().map(WorkerStatus::part).toList(), totals);
  }

  /** A partition that another worker holds is in good hands: it does not make this one unready. */
  private static Part part(PartitionReport report) {
    boolean fine = report.detail().equals("reading") || report.detail().startsWith("held by");
    return new Part("partition " + report.partition(), fine, report.detail());
  }
}
