package dev.sentinelj.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DeltaDebuggingTest {
  private static final List<Integer> MANY = IntStream.range(0, 100).boxed().toList();

  @Test
  void smallest_findsTheCulpritsInOrder() {
    List<Integer> culprits = List.of(3, 50, 98);

    List<Integer> found = DeltaDebugging.smallest(MANY, 1_000, part -> part.containsAll(culprits));

    assertThat(found).isEqualTo(culprits);
  }

  @Test
  void smallest_whereNothingIsNeeded_isEmpty() {
    assertThat(DeltaDebugging.smallest(MANY, 1_000, _ -> true)).isEmpty();
  }

  @Test
  void smallest_withoutTriesLeft_stillFails() {
    List<Integer> found = DeltaDebugging.smallest(MANY, 5, part -> part.contains(7));

    assertThat(found).contains(7).hasSizeLessThan(100);
  }
}
