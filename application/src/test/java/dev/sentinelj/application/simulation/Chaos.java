package dev.sentinelj.application.simulation;

import dev.sentinelj.adapters.memory.FaultPlan;
import java.util.List;
import java.util.random.RandomGenerator;

/** Makes one thing after another fail, and mends each after a while. */
final class Chaos {
  /** A broker that starts again is away for longer than its readers take to compare positions. */
  private static final long NOTICED_MILLIS = 1_500;

  private static final long HOUR = 3_600_000;
  private static final double FAULTY_CALLS = 0.03;

  private final Plant plant;
  private final RandomGenerator random;
  private boolean over;

  Chaos(Plant plant, RandomGenerator random) {
    this.plant = plant;
    this.random = random;
  }

  void next() {
    switch (random.nextInt(11)) {
      case 0, 1 -> one(plant.agents()).restart();
      case 2 -> killGateway();
      case 3 -> killWorker();
      case 4 -> one(plant.agents()).cut();
      case 5 -> isolate();
      case 6 -> loseBroker();
      case 7 -> pauseDatabase();
      case 8 -> one(plant.agents()).skew(random.nextLong(-3 * HOUR, 3 * HOUR));
      case 9 -> one(plant.workers()).freeze(random.nextLong(1_000, 12_000));
      default -> {}
    }
  }

  /** Mends everything. */
  void end() {
    over = true;
    plant.bus().available(true);
    plant.agents().forEach(agent -> agent.reachable(true));
    plant.gateways().stream().filter(one -> !one.alive()).forEach(SimulatedGateway::begin);
    plant.workers().stream().filter(one -> !one.alive()).forEach(SimulatedWorker::begin);
  }

  private void later(long atMost, Runnable mend) {
    later(0, atMost, mend);
  }

  private void later(long atLeast, long atMost, Runnable mend) {
    plant
        .world()
        .events()
        .schedule(
            random.nextLong(atLeast, atMost + 1),
            () -> {
              if (!over) {
                mend.run();
              }
            });
  }

  private void killGateway() {
    SimulatedGateway gateway = one(plant.gateways());
    if (gateway.alive()) {
      gateway.kill();
      later(4_000, gateway::begin);
    }
  }

  private void killWorker() {
    SimulatedWorker worker = one(plant.workers());
    if (worker.alive()) {
      if (random.nextInt(4) == 0) {
        worker.stop();
      } else {
        worker.kill();
      }
      later(
          6_000,
          () -> {
            worker.kill();
            worker.begin();
          });
    }
  }

  private void isolate() {
    SimulatedAgent agent = one(plant.agents());
    agent.reachable(false);
    later(8_000, () -> agent.reachable(true));
  }

  /** The broker goes away and comes back with all, some or nothing of what it had. */
  private void loseBroker() {
    int how = random.nextInt(3);
    plant
        .world()
        .trace("the broker goes, and loses " + List.of("nothing", "a tail", "all").get(how));
    switch (how) {
      case 1 -> plant.bus().loseTail(WatchedBus.lane(random), random.nextInt(1, 6));
      case 2 -> plant.bus().loseAll();
      default -> {}
    }
    plant.bus().available(false);
    later(NOTICED_MILLIS, 4_000, () -> plant.bus().available(true));
  }

  private void pauseDatabase() {
    plant.world().trace("the database goes");
    plant.faults(_ -> FaultPlan.Fault.BEFORE);
    later(
        9_000,
        () ->
            plant.faults(FaultPlan.seeded(plant.world().newRandom(), FAULTY_CALLS, FAULTY_CALLS)));
  }

  private <T> T one(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }
}
