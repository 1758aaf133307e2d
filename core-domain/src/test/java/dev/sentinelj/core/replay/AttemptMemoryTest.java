package dev.sentinelj.core.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.replay.AttemptMemory.Attempt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AttemptMemoryTest {
  private final AttemptMemory<String> memory = new AttemptMemory<>(3);

  @Test
  void answerTo_whatWasRemembered_isTheFirstAnswer() {
    memory.remember(attempt(1, 7), "first");
    memory.remember(attempt(1, 7), "second");

    assertThat(memory.answerTo(attempt(1, 7))).contains("first");
  }

  @Test
  void answerTo_anyOtherPartOfTheKey_isEmpty() {
    memory.remember(attempt(1, 7), "x");

    assertThat(memory.answerTo(attempt(2, 7))).isEmpty();
    assertThat(memory.answerTo(attempt(1, 8))).isEmpty();
    assertThat(memory.answerTo(new Attempt(id(1), 7, Sha256.of(new byte[] {9})))).isEmpty();
    assertThat(
            memory.answerTo(
                new Attempt(
                    new BatchId(new EpochId(new AgentId("a"), 2), 1), 7, Sha256.of(new byte[0]))))
        .isEmpty();
  }

  @Test
  void remember_beyondTheLimit_forgetsTheOldest() {
    memory.remember(attempt(1, 0), "1");
    memory.remember(attempt(2, 0), "2");
    memory.remember(attempt(3, 0), "3");
    memory.answerTo(attempt(1, 0));

    memory.remember(attempt(4, 0), "4");

    assertThat(memory.answerTo(attempt(1, 0))).isEmpty();
    assertThat(memory.answerTo(attempt(2, 0))).contains("2");
    assertThat(memory.size()).isEqualTo(3);
  }

  @Test
  void remember_fromManyThreads_staysWithinTheLimit() {
    IntStream.range(0, 10_000).parallel().forEach(i -> memory.remember(attempt(1 + i, i), "x"));

    assertThat(memory.size()).isEqualTo(3);
  }

  @Test
  void new_limitZero_throws() {
    assertThatIllegalArgumentException().isThrownBy(() -> new AttemptMemory<String>(0));
  }

  private static Attempt attempt(long seq, long attempt) {
    return new Attempt(id(seq), attempt, Sha256.of(new byte[0]));
  }

  private static BatchId id(long seq) {
    return new BatchId(new EpochId(new AgentId("a"), 1), seq);
  }
}
