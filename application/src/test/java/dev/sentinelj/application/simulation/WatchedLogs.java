package dev.sentinelj.application.simulation;

import dev.sentinelj.adapters.memory.InMemoryBatchLog;
import dev.sentinelj.adapters.memory.InMemoryBatchLogs;
import dev.sentinelj.ports.driven.BatchLog;
import dev.sentinelj.ports.driven.BatchLogs;
import dev.sentinelj.testkit.sim.SimulatedProcess;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Logs that are all watched. */
final class WatchedLogs implements BatchLogs {
  private final InMemoryBatchLogs logs;
  private final Plant plant;
  private final SimulatedProcess process;
  private final Map<BatchLog, WatchedLog> watched = new HashMap<>();

  WatchedLogs(Plant plant, SimulatedProcess process, InMemoryBatchLogs logs) {
    this.plant = plant;
    this.process = process;
    this.logs = logs;
  }

  @Override
  public BatchLog current() {
    return watch(logs.current());
  }

  @Override
  public List<BatchLog> formers() {
    return logs.formers().stream().map(this::watch).toList();
  }

  @Override
  public BatchLog succeed() {
    return watch(logs.succeed());
  }

  @Override
  public void retire(BatchLog former) {
    BatchLog log =
        logs.formers().stream()
            .filter(one -> watch(one).equals(former))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("this log is none of the former ones"));
    logs.retire(log);
    watched.remove(log);
  }

  private BatchLog watch(BatchLog log) {
    return watched.computeIfAbsent(
        log, one -> new WatchedLog(plant, process, (InMemoryBatchLog) one));
  }
}
