package dev.sentinelj.application.simulation;

import dev.sentinelj.adapters.memory.InMemoryAgentRegistry;
import dev.sentinelj.adapters.memory.InMemoryBatchCodec;
import dev.sentinelj.adapters.memory.InMemoryPartitionStore;
import dev.sentinelj.application.gateway.AgentDirectory;
import dev.sentinelj.application.status.Counters;
import dev.sentinelj.application.worker.StrandWindows;
import dev.sentinelj.application.worker.WorkerLimits;
import dev.sentinelj.application.worker.WorkerStrand;
import dev.sentinelj.core.window.WindowStats;
import dev.sentinelj.testkit.sim.SimulatedProcess;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;

/** A worker with one strand that wants every partition, through all its lives. */
final class SimulatedWorker {
  static final long WINDOW_MILLIS = 3_600_000;
  private static final WorkerLimits LIMITS =
      new WorkerLimits(64 << 10, 16, 10_000, 100, 10, 100, WINDOW_MILLIS, Duration.ofDays(90));

  private final Plant plant;
  private final String name;
  private int lives;
  private long frozenUntilMillis;
  private SimulatedProcess process;
  private WorkerStrand strand;

  SimulatedWorker(Plant plant, String name) {
    this.plant = plant;
    this.name = name;
    begin();
  }

  boolean alive() {
    return process.alive();
  }

  void kill() {
    process.kill();
  }

  /** It stands still, as a machine that is paused, and goes on where it was. */
  void freeze(long millis) {
    frozenUntilMillis = plant.world().events().elapsedMillis() + millis;
  }

  /** It stops in order and gives its leases back. */
  void stop() {
    var _ = strand.close();
    process.schedule(200, process::kill);
  }

  void begin() {
    process = plant.world().process(name);
    SimulatedProcess life = process;
    Executor mailbox = awake(process.inOrder(), process);
    strand =
        new WorkerStrand(
            name + "/" + ++lives,
            IntStream.range(0, Plant.PARTITIONS).boxed().toList(),
            plant
                .store()
                .over(
                    new InMemoryPartitionStore(
                        plant.database(), process, plant.world().newRandom())),
            plant.bus().seenBy(process),
            new InMemoryBatchCodec(),
            new AgentDirectory(new InMemoryAgentRegistry(plant.database(), process), plant.vault()),
            plant.clusterKey(),
            mailbox,
            LIMITS,
            new Counters());
    WorkerStrand mine = strand;
    process.every(50, () -> mailbox.execute(() -> mine.poll(life.now())));
  }

  /**
   * What the window of a series holds here; empty unless the partition is held and loaded. One that
   * stood still may not know yet that it lost its lease.
   */
  Optional<WindowStats> window(int partition, long series) {
    boolean awake = plant.world().events().elapsedMillis() > frozenUntilMillis + 1_000;
    return alive() && awake && !strand.busy()
        ? StrandWindows.of(strand, partition, series)
        : Optional.empty();
  }

  String describe() {
    return name + " " + strand.reports();
  }

  private Executor awake(Executor executor, SimulatedProcess life) {
    return task -> {
      long left = frozenUntilMillis - plant.world().events().elapsedMillis();
      if (left > 0) {
        life.schedule(left, () -> executor.execute(task));
      } else {
        executor.execute(task);
      }
    };
  }
}
