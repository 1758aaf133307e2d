package dev.sentinelj.adapters.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.BatchLog;
import dev.sentinelj.testkit.BatchLogContract;
import dev.sentinelj.testkit.SignedBatches;
import dev.sentinelj.testkit.Stages;
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
  void crash_duringAnAppend_neverUsesItsSeqAgain() {
    InMemoryBatchLog log = new InMemoryBatchLog(EPOCH, 1_000, 10_000);
    append(log, 1, 10);
    log.holdSyncs();
    CompletionStage<Void> lost = log.append(SignedBatches.data(EPOCH, 2, 10), List.of());

    InMemoryBatchLog next = log.crash();

    assertThat(lost.toCompletableFuture()).isNotDone();
    assertThat(next.torn()).containsExactly(2L);
    assertThat(next.nextSeq()).isEqualTo(3);
    Stages.await(next.append(SignedBatches.torn(EPOCH, 3, SignedBatches.SAMPLES, 2), List.of()));
    assertThat(next.torn()).isEmpty();
    assertThat(seqs(next.read(1, 10, 1_000))).containsExactly(1L, 3L);
    assertThatThrownBy(() -> append(log, 1, 10)).isInstanceOf(PortUnavailableException.class);
  }
}
