package dev.sentinelj.application.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.application.simulation.Broken.Promise;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The simulation is worth what it finds: each of these bugs makes it fail, and say why. */
class SeededBugsTest {

  @ParameterizedTest
  @CsvSource({
    "ACKNOWLEDGE_BEFORE_PUBLISH, ACCEPTED_IS_ON_THE_BUS",
    "WINDOWS_BEFORE_LEDGER, WINDOWS_EQUAL_COMMITS",
    "POSITION_OUTSIDE_TRANSACTION, POSITIONS_SKIP_NOTHING",
    "NO_LEDGER, NOTHING_DOUBLED",
    "COMMITTED_WHEN_ACCEPTED, DELETED_IS_COMMITTED",
    "SEGMENT_FREED_BY_RANGES, DELETED_IS_COMMITTED",
    "ATTEMPT_NOT_RENEWED, IT_DRAINS",
    "COPY_WITHOUT_CLOSING, COPIES_COME_FROM_CLOSED_EPOCHS",
    "SET_DROPPED_AFTER_FIRST_SEND, NOTHING_GIVEN_UP",
    "TORN_SEQ_USED_AGAIN, SEQS_ARE_GIVEN_OUT_ONCE",
    "LOSS_COUNTED_BESIDE_ROW, EVERYTHING_ACCOUNTED_FOR",
    "DAMAGED_BATCH_ACKNOWLEDGED, EVERYTHING_ACCOUNTED_FOR",
    "POSITION_KEPT_AFTER_TAIL_CUT, POSITIONS_SKIP_NOTHING",
    "FORK_TAKEN_FOR_DUPLICATE, POSITIONS_SKIP_NOTHING",
    "EVERYTHING_ABOVE_BUDGET, EVERYTHING_ACCOUNTED_FOR",
    "EVERYTHING_TOO_OLD, NOTHING_GIVEN_UP",
    "GOOD_BATCHES_MALFORMED, NOTHING_GIVEN_UP",
    "EVIDENCE_NOT_HEARD, IT_DRAINS",
    "FAILED_APPEND_SUCCEEDS, NOTHING_LOST"
  })
  void simulation_withBug_breaksThePromise(Sabotage bug, Promise promise) {
    Optional<Caught> caught =
        caught(bug).filter(one -> one.failure().promise() == promise).findFirst();

    assertThat(caught).isPresent();
    System.out.printf("%s is caught at seed %d: %s%n", bug, caught.get().seed(), promise);
  }

  @Test
  void shrinking_leavesWhatTheBugNeeds() {
    Caught caught = caught(Sabotage.POSITION_OUTSIDE_TRANSACTION).findFirst().orElseThrow();
    Scenario scenario = Scenario.drawn(caught.seed());

    Scenario small =
        Shrinking.smallest(
            scenario, Sabotage.POSITION_OUTSIDE_TRANSACTION, caught.failure().promise());

    assertThat(small.events()).hasSizeLessThanOrEqualTo(3);
    assertThat(small.options().special()).hasSizeLessThan(scenario.options().special().size());
    assertThat(small.toJava()).contains("Scenario.of(").contains("Options.plain()");
  }

  private record Caught(long seed, Broken failure) {}

  /** A bug may break more than one promise, and which one shows first changes with the schedule. */
  private static Stream<Caught> caught(Sabotage bug) {
    return LongStream.range(
            PipelineSimulationTest.FIRST,
            PipelineSimulationTest.FIRST + PipelineSimulationTest.SEEDS)
        .mapToObj(seed -> run(seed, bug))
        .flatMap(Optional::stream);
  }

  private static Optional<Caught> run(long seed, Sabotage bug) {
    try {
      Scenario.drawn(seed).run(bug);
      return Optional.empty();
    } catch (Broken e) {
      return Optional.of(new Caught(seed, e));
    }
  }
}
