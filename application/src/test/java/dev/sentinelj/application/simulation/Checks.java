package dev.sentinelj.application.simulation;

import dev.sentinelj.adapters.memory.DatabaseView;
import dev.sentinelj.application.simulation.Broken.Promise;
import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.frame.FrameAddress;
import dev.sentinelj.core.window.RollingWindow;
import dev.sentinelj.core.window.WindowStats;
import java.util.ArrayList;
import java.util.List;

/** Compares what is in the database and in memory with what must hold at every moment. */
final class Checks {
  private static final long NOTICED_MILLIS = 8_000;

  private final Plant plant;
  private final DatabaseView database;
  private long windowsFromMillis;

  Checks(Plant plant) {
    this.plant = plant;
    this.database = new DatabaseView(plant.database());
  }

  void now() {
    checkPositions();
    if (plant.elapsed() >= windowsFromMillis) {
      checkWindows();
    }
  }

  /** Workers hold what they knew until they ask for their leases. */
  void databaseWentBack() {
    windowsFromMillis = plant.elapsed() + NOTICED_MILLIS;
  }

  /** Everything at or before the position of a lane was committed, kept aside or parked. */
  private void checkPositions() {
    for (int partition = 0; partition < plant.option(Option.PARTITIONS); partition++) {
      for (Lane lane : Lane.values()) {
        FrameAddress address = new FrameAddress(partition, lane);
        plant.bus().readBy(address, database.position(address)).stream()
            .filter(content -> !database.has(content.id(), content.hash()))
            .findFirst()
            .ifPresent(content -> {
              throw new Broken(
                  Promise.POSITIONS_SKIP_NOTHING,
                  content.id() + " was read past in " + address + " without effect");
            });
      }
    }
  }

  /** A window holds the newest committed samples of its series, and nothing else. */
  private void checkWindows() {
    plant
        .store()
        .fresh()
        .forEach((partition, series) ->
            series.forEach((id, cells) -> {
              for (SimulatedWorker worker : plant.workers()) {
                worker
                    .window(partition, id)
                    .ifPresent(stats ->
                        Broken.unless(
                            suffix(cells, stats),
                            Promise.WINDOWS_EQUAL_COMMITS,
                            () -> "window of series %d: %s of %s".formatted(id, stats, cells)));
              }
            }));
  }

  private static boolean suffix(List<Book.Cell> cells, WindowStats stats) {
    for (int from = cells.size() - (int) stats.count(); from >= 0; from--) {
      RollingWindow window = new RollingWindow(SimulatedWorker.WINDOW_MILLIS);
      cells.subList(from, cells.size()).forEach(c -> window.add(c.timeMillis(), c.value()));
      if (window.statsAt(Long.MIN_VALUE).equals(stats)) {
        return true;
      }
    }
    return false;
  }

  /** Whether everything that was promised is settled and nothing waits anywhere. */
  boolean drained() {
    return database.parked() == 0 && plant.agents().stream().allMatch(this::drained);
  }

  /** What is left of agents whose logs have no twin: nobody else keeps them from draining. */
  List<String> stuckAlone() {
    return plant.agents().stream()
        .filter(agent -> !plant.book().isForked(agent.epoch().agent()) && !drained(agent))
        .map(agent -> agent.name() + " has " + agent.backlog(database))
        .toList();
  }

  /** Whatever was read and not turned away reached a log, unless its process died before. */
  void nothingDropped() {
    for (SimulatedAgent agent : plant.agents()) {
      Broken.unless(
          agent.dropped().isEmpty(),
          Promise.NOTHING_LOST,
          () -> agent.name() + " read and forgot " + agent.dropped());
    }
  }

  private boolean drained(SimulatedAgent agent) {
    return agent.idle()
        && agent.backlog(database) == 0
        && agent.batches().stream().allMatch(plant.book()::ledgered);
  }

  /** What is left, for whoever reads a failure. */
  String backlog() {
    List<String> left = new ArrayList<>();
    left.add("parked " + database.parked());
    for (SimulatedAgent agent : plant.agents()) {
      left.add(agent.name() + " has " + agent.backlog(database) + (agent.idle() ? "" : ", busy"));
    }
    return String.join("; ", left);
  }
}
