package dev.sentinelj.application.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.batch.BatchKind;
import dev.sentinelj.core.batch.LossReason;
import dev.sentinelj.core.batch.LossRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class AppendQueueTest {
  private final AppendQueue queue = new AppendQueue();
  private final List<Long> told = new ArrayList<>();

  @Test
  void batchesAndDrafts_takeTurns() {
    addBatches(2);
    addDrafts(2);

    assertThat(written(5))
        .containsExactly(BatchKind.LOSS, BatchKind.DATA, BatchKind.LOSS, BatchKind.DATA);
    assertThat(queue.bytes()).isZero();
  }

  @Test
  void written_tellsTheEpochToWhoeverWroteTheDraft() {
    addDrafts(1);

    next().orElseThrow().written().accept(77);

    assertThat(told).containsExactly(77L);
    assertThat(next()).isEmpty();
  }

  @Test
  void notWritten_staysFirst() {
    addBatches(1);

    assertThat(next()).isPresent();
    assertThat(next()).isPresent();
    assertThat(queue.bytes()).isEqualTo(100);
  }

  @Test
  void fullForABatch_draftsGoOnAlone() {
    addBatches(1);
    addDrafts(1);
    write();
    addDrafts(2);
    assertThat(next().orElseThrow().kind()).isEqualTo(BatchKind.DATA);

    queue.failed(true);

    assertThat(queue.draftFits()).isTrue();
    assertThat(written(2)).containsExactly(BatchKind.LOSS, BatchKind.LOSS);
    assertThat(queue.draftFits()).isFalse();
    assertThat(written(1)).containsExactly(BatchKind.DATA);
  }

  @Test
  void fullForADraft_nothingFits() {
    addDrafts(1);
    assertThat(next()).isPresent();

    queue.failed(true);

    assertThat(queue.draftFits()).isFalse();
  }

  @Test
  void flush_takesBatchesFirstAndCompletesBehindThem() {
    addBatches(2);
    addDrafts(1);

    CompletionStage<Void> done = queue.flush();

    assertThat(written(2)).containsExactly(BatchKind.DATA, BatchKind.DATA);
    assertThat(done.toCompletableFuture()).isNotDone();
    assertThat(next().orElseThrow().kind()).isEqualTo(BatchKind.LOSS);
    assertThat(done.toCompletableFuture()).isDone();
  }

  private void addBatches(int count) {
    for (int i = 0; i < count; i++) {
      queue.add(new OpenBatch.Closed(List.of(), List.of(), 1, 100, 0, 0, 0, 0));
    }
  }

  private void addDrafts(int count) {
    LossRecord record = new LossRecord(List.of(new LossRecord.Entry(1, 1, 0, LossReason.TORN)));
    for (int i = 0; i < count; i++) {
      queue.add(Draft.of(record, 0, told::add));
    }
  }

  private Optional<Draft> next() {
    return queue.next(batch -> Draft.of(batch, new byte[0]));
  }

  private Optional<BatchKind> write() {
    Optional<Draft> draft = next();
    draft.ifPresent(one -> one.written().accept(1));
    return draft.map(Draft::kind);
  }

  private List<BatchKind> written(int most) {
    List<BatchKind> kinds = new ArrayList<>();
    for (int i = 0; i < most; i++) {
      write().ifPresent(kinds::add);
    }
    return kinds;
  }
}
