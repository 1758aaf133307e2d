package dev.sentinelj.adapters.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.BatchLog;
import dev.sentinelj.testkit.BatchLogContract;
import dev.sentinelj.testkit.SignedBatches;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class InMemoryBatchLogTest extends BatchLogContract {
  private static final long EPOCH = 42;

  @Override
  protected BatchLog create(int segmentBytes, long maxBytes) {
    return new InMemoryBatchLog(EPOCH, segmentBytes, maxBytes);
  }

  @Override
  protected BatchLog restarted(BatchLog log) {
    return ((InMemoryBatchLog) log).restart();
  }

  @Override
  protected BatchLog crashedInAppend(BatchLog log) {
    InMemoryBatchLog crashing = (InMemoryBatchLog) log;
    crashing.holdSyncs();
    var _ = log.append(SignedBatches.data(EPOCH, log.nextSeq(), 10), List.of());
    return crashing.crash();
  }

  @Override
  protected BatchLog restartedWithDamage(BatchLog log, long seq) {
    ((InMemoryBatchLog) log).damage(seq);
    return restarted(log);
  }

  @Test
  void append_whileSyncsAreHeld_completesAtTheSync() {
    InMemoryBatchLog log = new InMemoryBatchLog(EPOCH, 1_000, 10_000);
    log.holdSyncs();

    CompletionStage<Void> stage = log.append(SignedBatches.data(EPOCH, 1, 10), List.of());

    assertThat(stage.toCompletableFuture()).isNotDone();
    assertThat(log.read(1, 10, 1_000)).isEmpty();
    log.sync();
    assertThat(stage.toCompletableFuture()).isDone();
    assertThat(log.durableThrough()).isEqualTo(1);
  }

  @Test
  void crash_duringAnAppend_neverCompletesIt() {
    InMemoryBatchLog log = new InMemoryBatchLog(EPOCH, 1_000, 10_000);
    log.holdSyncs();
    CompletionStage<Void> lost = log.append(SignedBatches.data(EPOCH, 1, 10), List.of());

    log.crash();

    assertThat(lost.toCompletableFuture()).isNotDone();
    assertThatThrownBy(() -> append(log, 1, 10)).isInstanceOf(PortUnavailableException.class);
  }
}
