package dev.sentinelj.application.worker;

import dev.sentinelj.application.worker.WorkerStrand.PartitionReport;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The latest word on each partition of a strand. Thread safe. */
final class PartitionReports {
  private final Map<Integer, PartitionReport> latest = new ConcurrentHashMap<>();

  /** By number of the partition. */
  List<PartitionReport> all() {
    return latest.values().stream()
        .sorted(Comparator.comparingInt(PartitionReport::partition))
        .toList();
  }

  void lost(OwnedPartition partition, String why) {
    put(new PartitionReport(partition.number(), false, why, 0));
  }

  void owned(OwnedPartition partition, String detail) {
    reading(partition, detail, 0);
  }

  void reading(OwnedPartition partition, String detail, long lagMillis) {
    put(new PartitionReport(partition.number(), true, detail, lagMillis));
  }

  private void put(PartitionReport report) {
    latest.put(report.partition(), report);
  }
}
