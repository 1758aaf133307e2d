package dev.sentinelj.application.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.application.worker.PartitionMemory.SetKey;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.testkit.TestBatches;
import java.time.Duration;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PartitionMemoryTest {
  private static final AgentId AGENT = new AgentId("web-1");

  private final PartitionMemory memory =
      new PartitionMemory(new WorkerLimits(1, 1, 1, 1_000, 100, 1, 300_000, Duration.ofDays(90)));

  /** Large sets weigh more: what is remembered is bounded however they are cut. */
  @Test
  void keep_moreSeriesThanTheLimit_forgetsWhatWasUsedLongestAgo() {
    SetKey first = keep("a", 40);
    SetKey second = keep("b", 40);
    memory.set(first);
    SetKey third = keep("c", 30);

    assertThat(memory.set(first)).isPresent();
    assertThat(memory.set(second)).isEmpty();
    assertThat(memory.set(third)).isPresent();
  }

  @Test
  void keep_theSameSetAgain_weighsOnce() {
    SetKey other = keep("other", 30);
    SetKey key = keep("a", 60);
    for (int i = 0; i < 10; i++) {
      keep("a", 60);
    }

    assertThat(memory.set(other)).isPresent();
    assertThat(memory.set(key)).isPresent();
  }

  @Test
  void keep_aSetAboveTheLimit_remembersNothing() {
    SetKey key = keep("a", 101);

    assertThat(memory.set(key)).isEmpty();
    assertThat(memory.set(keep("b", 100))).isPresent();
  }

  private SetKey keep(String name, int size) {
    SeriesSet set =
        TestBatches.set(IntStream.range(0, size).mapToObj(i -> name + i).toArray(String[]::new));
    SetKey key = new SetKey(AGENT, set.hash());
    memory.keep(Map.of(key, new ResolvedSet(set, new int[size], new long[size], 0)));
    return key;
  }
}
