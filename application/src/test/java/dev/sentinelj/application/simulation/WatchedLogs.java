package dev.sentinelj.application.simulation;

import dev.sentinelj.adapters.memory.InMemoryBatchLog;
import dev.sentinelj.adapters.memory.InMemoryBatchLogs;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.BatchLog;
import dev.sentinelj.ports.driven.BatchLogs;
import dev.sentinelj.testkit.sim.SimulatedProcess;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.random.RandomGenerator;

/** Logs on a disk that fails, all watched. */
final class WatchedLogs implements BatchLogs {
  private final Plant plant;
  private final SimulatedProcess process;
  private final InMemoryBatchLogs logs;
  private final RandomGenerator random;
  private final IdentityHashMap<BatchLog, WatchedLog> watched = new IdentityHashMap<>();

  WatchedLogs(Plant plant, SimulatedProcess process, InMemoryBatchLogs logs) {
    this.plant = plant;
    this.process = process;
    this.logs = logs;
    this.random = plant.world().newRandom();
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
    process.step();
    if (plant.fails(Option.DISK_REFUSALS, random)) {
      throw new PortUnavailableException("making a log");
    }
    BatchLog successor = watch(logs.succeed());
    process.step();
    return successor;
  }

  @Override
  public void retire(BatchLog former) {
    process.step();
    BatchLog log =
        logs.formers().stream()
            .filter(one -> watch(one).equals(former))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("this log is none of the former ones"));
    List<BatchLog> others = new ArrayList<>(logs.formers());
    others.remove(log);
    others.add(logs.current());
    plant.watch(() -> plant.book().retiring(log, others));
    logs.retire(log);
    watched.remove(log);
    process.step();
  }

  private BatchLog watch(BatchLog log) {
    return watched.computeIfAbsent(
        log, one -> new WatchedLog(plant, process, (InMemoryBatchLog) one));
  }
}
