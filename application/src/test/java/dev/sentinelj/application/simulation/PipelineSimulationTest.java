package dev.sentinelj.application.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.testkit.sim.SimulatedWorld;
import org.junit.jupiter.api.Test;

/**
 * Replay one seed with {@code -Dsimulation.first=SEED -Dsimulation.seeds=1}; a long run is {@code
 * -Dsimulation.seeds=10000}.
 */
class PipelineSimulationTest {
  static final long FIRST = Long.getLong("simulation.first", 1);
  static final int SEEDS = Integer.getInteger("simulation.seeds", 200);

  @Test
  void pipeline_underFaults_keepsItsPromises() {
    long[] seen = new long[2];

    SimulatedWorld.forSeeds(
        FIRST,
        SEEDS,
        world -> {
          Plant plant = new Plant(world, Sabotage.NONE);
          plant.run();
          seen[0] += plant.book().appended().size();
          seen[1] += plant.book().segmentsDeleted();
        });

    assertThat(seen[0]).as("batches").isGreaterThan(10L * SEEDS);
    assertThat(seen[1]).as("segments deleted").isGreaterThan(SEEDS);
  }
}
