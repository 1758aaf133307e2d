package dev.sentinelj.application.simulation;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes what a scenario lists go wrong, and mends it. */
final class Mischief {
  private static final long MINUTE = 60_000;

  private final Plant plant;

  /** How many events hold a thing down: it is mended when the last of them ends. */
  private final Map<Object, Integer> down = new HashMap<>();

  private boolean over;

  Mischief(Plant plant) {
    this.plant = plant;
  }

  /** Has everything happen in its time. */
  void plan(List<Event> events) {
    for (Event event : events) {
      plant
          .world()
          .events()
          .schedule(
              event.atMillis(),
              () -> {
                if (!over) {
                  plant.world().trace(event.toString());
                  happen(event);
                }
              });
    }
  }

  /** Mends everything. */
  void end() {
    over = true;
    plant.bus().available(true);
    plant.agents().forEach(agent -> agent.reachable(true));
    plant.agents().forEach(SimulatedAgent::beginIfDead);
    plant.gateways().forEach(SimulatedGateway::beginIfDead);
    plant.gateways().forEach(gateway -> gateway.skew(0));
    plant.workers().forEach(SimulatedWorker::beginIfDead);
    plant.workers().forEach(SimulatedWorker::thaw);
  }

  private void happen(Event event) {
    switch (event.what()) {
      case KILL_AGENT -> agent(event).killAfter(event.how(), event.lastsMillis());
      case KILL_GATEWAY -> gateway(event).killAfter(event.how(), event.lastsMillis());
      case KILL_WORKER -> worker(event).killAfter(event.how(), event.lastsMillis());
      case SAVE_AGENT -> agent(event).save();
      case SET_AGENT_BACK -> agent(event).setBack(event.lastsMillis());
      case COPY_AGENT -> plant.copyAgent(agent(event));
      case STOP_WORKER -> worker(event).stop(event.lastsMillis());
      case FREEZE_WORKER -> worker(event).freeze(event.lastsMillis());
      case CUT -> agent(event).cut();
      case ISOLATE -> {
        SimulatedAgent agent = agent(event);
        during(event, agent, () -> agent.reachable(false), () -> agent.reachable(true));
      }
      case BUS_AWAY -> busAway(event);
      case BUS_LOSES_ALL -> {
        plant.bus().loseAll();
        busAway(event);
      }
      case BUS_LOSES_TAIL -> {
        plant.bus().loseTail(event.whom(), Math.toIntExact(event.how()));
        busAway(event);
      }
      case BUS_ROTS -> {
        plant.bus().rot(event.whom(), Math.toIntExact(event.how()));
      }
      case DATABASE_AWAY ->
          during(event, plant.database(), plant::databaseAway, plant::databaseBack);
      case BUS_COPIED -> plant.bus().copy();
      case BUS_REPLACED -> {
        plant.bus().replace();
        busAway(event);
      }
      case DATABASE_SAVED -> plant.saveDatabase();
      case DATABASE_RESTORED -> {
        plant.restoreDatabase();
        during(event, plant.database(), plant::databaseAway, plant::databaseBack);
      }
      case SETS_LOST -> plant.database().loseSets();
      case DAMAGE -> agent(event).damage(event.how());
      case TEAR -> agent(event).tear(event.lastsMillis());
      case AGENT_CLOCK -> agent(event).skew((event.how() - 180) * MINUTE);
      case GATEWAY_CLOCK -> {
        SimulatedGateway gateway = gateway(event);
        during(
            event,
            gateway,
            () -> gateway.skew((event.how() - 180) * MINUTE),
            () -> gateway.skew(0));
      }
    }
  }

  private void busAway(Event event) {
    during(
        event, plant.bus(), () -> plant.bus().available(false), () -> plant.bus().available(true));
  }

  private void during(Event event, Object thing, Runnable fail, Runnable mend) {
    down.merge(thing, 1, Integer::sum);
    fail.run();
    later(
        event.lastsMillis(),
        () -> {
          if (down.merge(thing, -1, Integer::sum) == 0) {
            mend.run();
          }
        });
  }

  private void later(long millis, Runnable mend) {
    plant
        .world()
        .events()
        .schedule(
            millis,
            () -> {
              if (!over) {
                mend.run();
              }
            });
  }

  private SimulatedAgent agent(Event event) {
    return plant.agents().get(event.whom() % plant.agents().size());
  }

  private SimulatedGateway gateway(Event event) {
    return plant.gateways().get(event.whom() % plant.gateways().size());
  }

  private SimulatedWorker worker(Event event) {
    return plant.workers().get(event.whom() % plant.workers().size());
  }
}
