package dev.sentinelj.application.simulation;

import dev.sentinelj.application.simulation.Broken.Promise;
import dev.sentinelj.testkit.sim.DeltaDebugging;
import java.util.ArrayList;
import java.util.List;

/** Makes a scenario that breaks a promise as small as it gets while it breaks the same one. */
final class Shrinking {
  private static final int TRIES = 400;

  private final Sabotage bug;
  private final Promise promise;

  private Shrinking(Sabotage bug, Promise promise) {
    this.bug = bug;
    this.promise = promise;
  }

  /**
   * @param scenario breaks {@code promise}
   */
  static Scenario smallest(Scenario scenario, Sabotage bug, Promise promise) {
    Shrinking shrinking = new Shrinking(bug, promise);
    Scenario fewer = shrinking.fewerEvents(scenario);
    Scenario plainer = shrinking.plainer(fewer);
    return shrinking.simpler(shrinking.fewerEvents(plainer));
  }

  private boolean fails(Scenario scenario) {
    try {
      scenario.run(bug);
      return false;
    } catch (Broken e) {
      return e.promise() == promise;
    }
  }

  private Scenario fewerEvents(Scenario scenario) {
    List<Event> fewer =
        DeltaDebugging.smallest(scenario.events(), TRIES, events -> fails(scenario.with(events)));
    return scenario.with(fewer);
  }

  private Scenario plainer(Scenario scenario) {
    Scenario plainest = scenario;
    for (Option option : scenario.options().special().keySet()) {
      Scenario tried = plainest.with(plainest.options().with(option, option.plain()));
      if (fails(tried)) {
        plainest = tried;
      }
    }
    return plainest;
  }

  /** Weaker and shorter events, to see what matters in them. */
  private Scenario simpler(Scenario scenario) {
    Scenario simplest = scenario;
    for (int i = 0; i < scenario.events().size(); i++) {
      for (Event simpler : simplest.events().get(i).simpler()) {
        List<Event> events = new ArrayList<>(simplest.events());
        events.set(i, simpler);
        Scenario tried = simplest.with(events);
        if (fails(tried)) {
          simplest = tried;
        }
      }
    }
    return simplest;
  }
}
