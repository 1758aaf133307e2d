package dev.sentinelj.application.simulation;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sentinelj.testkit.sim.SimulatedWorld;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The simulation is worth what it finds: each of these bugs makes it fail, and say why. */
class SeededBugsTest {

  @ParameterizedTest
  @CsvSource({
    "ACKNOWLEDGE_BEFORE_PUBLISH, before the bus had it",
    "WINDOWS_BEFORE_LEDGER, window of series",
    "POSITION_OUTSIDE_TRANSACTION, without effect",
    "NO_LEDGER, each once",
    "COMMITTED_WHEN_ACCEPTED, but the ledger lacks"
  })
  void simulation_withBug_fails(Sabotage bug, String complaint) {
    assertThatThrownBy(() ->
            SimulatedWorld.forSeeds(
                PipelineSimulationTest.FIRST,
                PipelineSimulationTest.SEEDS,
                world -> new Plant(world, bug).run()))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(complaint)
        .hasMessageContaining("seed ");
  }
}
