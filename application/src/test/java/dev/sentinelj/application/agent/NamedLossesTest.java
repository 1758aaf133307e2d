package dev.sentinelj.application.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.adapters.memory.InMemoryBatchLog;
import dev.sentinelj.core.batch.LossReason;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.testkit.SignedBatches;
import dev.sentinelj.testkit.Stages;
import java.util.List;
import org.junit.jupiter.api.Test;

class NamedLossesTest {
  private final InMemoryBatchLog log = new InMemoryBatchLog(1, 1 << 20, 1 << 24);

  @Test
  void readOn_namesWhatLossRecordsName() {
    Stages.await(log.append(SignedBatches.data(1, 1, 10), List.of()));
    Stages.await(
        log.append(
            SignedBatches.losses(
                1,
                2,
                10,
                List.of(
                    new LossRecord.Entry(5, 7, 3, LossReason.CORRUPT),
                    new LossRecord.Entry(9, 9, 0, LossReason.TORN))),
            List.of()));
    NamedLosses losses = new NamedLosses(log);

    assertThat(losses.readOn()).isTrue();
    assertThat(losses.readOn()).isFalse();

    assertThat(List.of(losses.has(1), losses.has(5), losses.has(7), losses.has(8), losses.has(9)))
        .containsExactly(false, true, true, false, true);
  }

  @Test
  void readOn_ofAnEmptyLog_namesNothing() {
    NamedLosses losses = new NamedLosses(log);

    assertThat(losses.readOn()).isFalse();
    assertThat(losses.has(1)).isFalse();
  }
}
