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
final class SimulatedWorker extends Lives {
  static final long WINDOW_MILLIS = 3_600_000;

  static final Duration RETENTION = Duration.ofDays(90);

  private static final Duration PARKED_RETENTION = Duration.ofMinutes(15);

  private final Plant plant;
  private final WorkerLimits limits;
  private long frozenUntilMillis;
  private WorkerStrand strand;

  SimulatedWorker(Plant plant, String name) {
    super(plant.world(), name);
    this.plant = plant;
    this.limits =
        new WorkerLimits(
            64 << 10,
            plant.option(Option.PULL_MESSAGES),
            plant.option(Option.PULL_CELLS),
            plant.sabotage() == Sabotage.EVERYTHING_ABOVE_BUDGET
                ? 0
                : plant.option(Option.SERIES_BUDGET),
            10,
            100,
            WINDOW_MILLIS,
            plant.sabotage() == Sabotage.EVERYTHING_TOO_OLD ? Duration.ZERO : RETENTION,
            PARKED_RETENTION);
    begin(process());
  }

  /** It stands still, as a machine that is paused, and goes on where it was. */
  void freeze(long millis) {
    frozenUntilMillis = plant.elapsed() + millis;
  }

  void thaw() {
    frozenUntilMillis = Math.min(frozenUntilMillis, plant.elapsed());
  }

  /** It stops in order and gives its leases back. */
  void stop(long awayMillis) {
    if (alive()) {
      var _ = strand.close();
      killAfter(40, awayMillis);
      beginAfter(awayMillis + 1_000);
    }
  }

  @Override
  protected final void died() {}

  @Override
  protected final void begin(SimulatedProcess process) {
    Executor mailbox = awake(process.inOrder(), process);
    strand =
        new WorkerStrand(
            name() + "/" + life(),
            IntStream.range(0, plant.option(Option.PARTITIONS)).boxed().toList(),
            plant
                .store()
                .over(
                    new InMemoryPartitionStore(
                        plant.database(), awake(process, process), plant.world().newRandom())),
            plant.bus().seenBy(process),
            plant.sabotage() == Sabotage.GOOD_BATCHES_MALFORMED
                ? new MoodyCodec()
                : new InMemoryBatchCodec(),
            new AgentDirectory(new InMemoryAgentRegistry(plant.database(), process), plant.vault()),
            plant.clusterKey(),
            mailbox,
            limits,
            new Counters());
    WorkerStrand mine = strand;
    process.every(
        plant.option(Option.WORKER_POLL_MILLIS),
        () -> mailbox.execute(() -> mine.poll(process.now())));
  }

  /**
   * What the window of a series holds here; empty unless the partition is held and loaded. One that
   * stood still may not know yet that it lost its lease.
   */
  Optional<WindowStats> window(int partition, long series) {
    boolean awake = plant.elapsed() > frozenUntilMillis + 1_000;
    return alive() && awake && !strand.busy()
        ? StrandWindows.of(strand, partition, series)
        : Optional.empty();
  }

  String describe() {
    return name() + " " + strand.reports();
  }

  private Executor awake(Executor executor, SimulatedProcess life) {
    return task -> {
      long left = frozenUntilMillis - plant.elapsed();
      if (left > 0) {
        life.schedule(left, () -> executor.execute(task));
      } else {
        executor.execute(task);
      }
    };
  }
}
