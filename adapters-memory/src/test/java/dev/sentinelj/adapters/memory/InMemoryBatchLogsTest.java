package dev.sentinelj.adapters.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.ports.driven.BatchLogs;
import dev.sentinelj.testkit.BatchLogsContract;
import dev.sentinelj.testkit.SignedBatches;
import dev.sentinelj.testkit.Stages;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class InMemoryBatchLogsTest extends BatchLogsContract {
  private final SplittableRandom epochs = new SplittableRandom(5);

  @Override
  protected BatchLogs create(int segmentBytes, long maxBytes) {
    return new InMemoryBatchLogs(epochs::nextLong, segmentBytes, maxBytes);
  }

  @Override
  protected BatchLogs restarted(BatchLogs logs) {
    return ((InMemoryBatchLogs) logs).restart();
  }

  @Override
  protected Runnable diskFails(BatchLogs logs) {
    InMemoryBatchLogs failing = (InMemoryBatchLogs) logs;
    failing.freeze(true);
    return () -> failing.freeze(false);
  }

  @Test
  void copy_livesOnByItself() {
    InMemoryBatchLogs logs = new InMemoryBatchLogs(epochs::nextLong, 1_000, 10_000);
    append(logs);

    InMemoryBatchLogs copy = logs.copy(epochs::nextLong);
    append(logs);
    append(copy);
    append(copy);

    assertThat(copy.current().epoch()).isEqualTo(logs.current().epoch());
    assertThat(logs.current().durableThrough()).isEqualTo(2);
    assertThat(copy.current().durableThrough()).isEqualTo(3);
    assertThat(copy.succeed().epoch()).isNotEqualTo(logs.succeed().epoch());
  }

  @Test
  void crash_losesWhatWaitsForASync() {
    InMemoryBatchLogs logs = new InMemoryBatchLogs(epochs::nextLong, 1_000, 10_000);
    logs.succeed();
    logs.holdSyncs();
    var _ = logs.current().append(SignedBatches.data(logs.current().epoch(), 1, 10), List.of());

    InMemoryBatchLogs after = logs.crash();

    assertThat(after.formers()).hasSize(1);
    assertThat(after.current().durableThrough()).isZero();
    assertThat(after.current().torn()).containsExactly(1L);
  }

  private static void append(InMemoryBatchLogs logs) {
    InMemoryBatchLog log = logs.current();
    Stages.await(log.append(SignedBatches.data(log.epoch(), log.nextSeq(), 10), List.of()));
  }
}
