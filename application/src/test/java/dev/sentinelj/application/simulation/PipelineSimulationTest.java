package dev.sentinelj.application.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.application.simulation.Tally.Count;
import org.junit.jupiter.api.Test;

/**
 * Replay one seed with {@code -Dsimulation.first=SEED -Dsimulation.seeds=1}; a long run is {@code
 * ./verify --campaign sim --size night}.
 */
class PipelineSimulationTest {
  static final long FIRST = Long.getLong("simulation.first", 1);
  static final int SEEDS = Integer.getInteger("simulation.seeds", 2_000);

  @Test
  void pipeline_underFaults_keepsItsPromises() throws InterruptedException {
    Campaign campaign = new Campaign(Sabotage.NONE);

    Tally tally = campaign.run(FIRST, FIRST + SEEDS - 1);

    assertThat(campaign.reports()).isEmpty();
    assertThat(tally.clean()).as(tally.verdict()).isTrue();
    assertThat(tally.get(Count.RUNS)).isEqualTo(SEEDS);
    assertThat(tally.get(Count.OPEN)).as("epochs of twins left open").isLessThan(SEEDS / 100);
    assertThat(tally.get(Count.BATCHES)).as("batches").isGreaterThan(10L * SEEDS);
    assertThat(tally.get(Count.DELETED)).as("segments deleted").isGreaterThan(SEEDS);
  }
}
