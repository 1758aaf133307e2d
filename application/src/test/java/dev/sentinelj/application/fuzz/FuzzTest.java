package dev.sentinelj.application.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.testkit.fuzz.FuzzFigures;
import dev.sentinelj.testkit.fuzz.FuzzTarget;
import dev.sentinelj.testkit.fuzz.Fuzzer;
import dev.sentinelj.testkit.fuzz.Pace;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Run more, or others, with {@code -Dfuzz.inputs=N -Dfuzz.seed=S}. CPU time is judged so laxly that
 * a machine at work does not fail a build; the campaign judges what is promised.
 */
class FuzzTest {
  static final long INPUTS = Long.getLong("fuzz.inputs", 204_000);
  static final long SEED = Long.getLong("fuzz.seed", 1);

  static List<FuzzTarget> targets() {
    return Targets.all();
  }

  @ParameterizedTest
  @MethodSource("targets")
  void parser_onWhatWasFoundOrThoughtOf_refusesItWithoutHarm(FuzzTarget target) throws IOException {
    Fuzzer fuzzer = new Fuzzer(target, SEED, Pace.LAX);

    for (byte[] input : Corpus.of(target.name())) {
      FuzzFigures figures = fuzzer.runInput(input);

      assertThat(figures.findings()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("targets")
  void parser_onDamagedInputs_refusesThemWithoutHarm(FuzzTarget target) {
    Fuzzer fuzzer = new Fuzzer(target, SEED, Pace.LAX);

    FuzzFigures figures = fuzzer.run(0, INPUTS / Targets.all().size());

    System.out.println("fuzz: " + figures);
    assertThat(figures.findings()).isEmpty();
    assertThat(figures.accepted()).isBetween(1L, figures.inputs() - 1);
  }
}
