package dev.sentinelj.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.MovedRecord;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.metric.Series;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.BatchLog;
import dev.sentinelj.ports.driven.BatchLogs;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** What every {@link BatchLogs} must do. */
public abstract class BatchLogsContract {
  private static final SeriesSet SET =
      SeriesSet.of(List.of(Series.gauge("cpu", "1", Map.of("core", "0"))));

  /** New logs with segments of about {@code segmentBytes} that take {@code maxBytes} of disk. */
  protected abstract BatchLogs create(int segmentBytes, long maxBytes);

  protected BatchLogs create() {
    return create(64 << 10, 64L << 20);
  }

  /** {@code logs} after an orderly stop and start of their process. */
  protected abstract BatchLogs restarted(BatchLogs logs);

  /**
   * From now on the disk lets nobody begin a log or delete one.
   *
   * @return ends that
   */
  protected abstract Runnable diskFails(BatchLogs logs);

  @Test
  void newLogs_haveOneAndNoFormer() {
    BatchLogs logs = create();

    assertThat(logs.formers()).isEmpty();
    assertThat(logs.current().nextSeq()).isEqualTo(1);
    assertThat(logs.current()).isSameAs(logs.current());
  }

  @Test
  void succeed_beginsAnEmptyLogOfAnotherEpoch() {
    BatchLogs logs = create();
    BatchLog former = logs.current();
    append(former, 3);

    BatchLog successor = logs.succeed();

    assertThat(logs.current()).isSameAs(successor);
    assertThat(logs.formers()).containsExactly(former);
    assertThat(successor.epoch()).isNotEqualTo(former.epoch());
    assertThat(successor.nextSeq()).isEqualTo(1);
    assertThat(successor.sampleCount()).isZero();
  }

  @Test
  void former_canStillBeRead() {
    BatchLogs logs = create();
    BatchLog former = logs.current();
    append(former, 3);

    append(logs.succeed(), 2);

    assertThat(seqs(former)).containsExactly(1L, 2L, 3L);
    assertThat(former.set(SET.hash())).contains(SET);
    assertThat(former.nextSeq()).isEqualTo(4);
    assertThat(former.sampleCount()).isEqualTo(3L * SignedBatches.SAMPLES);
    assertThat(seqs(logs.current())).containsExactly(1L, 2L);
  }

  @Test
  void restart_findsAllOfThemInTheirOrder() {
    BatchLogs logs = create();
    append(logs.current(), 3);
    append(logs.succeed(), 2);
    append(logs.succeed(), 1);
    List<Long> epochs = logs.formers().stream().map(BatchLog::epoch).toList();
    long current = logs.current().epoch();

    BatchLogs after = restarted(restarted(logs));

    assertThat(after.current().epoch()).isEqualTo(current);
    assertThat(after.formers()).extracting(BatchLog::epoch).containsExactlyElementsOf(epochs);
    assertThat(after.formers().stream().map(BatchLogsContract::seqs))
        .containsExactly(List.of(1L, 2L, 3L), List.of(1L, 2L));
    assertThat(after.formers().getFirst().set(SET.hash())).contains(SET);
    append(after.current(), 1);
    assertThat(seqs(after.current())).containsExactly(1L, 2L);
  }

  @Test
  void retire_takesTheLogAwayForGood() {
    BatchLogs logs = create();
    append(logs.current(), 3);
    append(logs.succeed(), 2);
    append(logs.succeed(), 1);
    BatchLog second = logs.formers().getLast();

    logs.retire(logs.formers().getFirst());

    assertThat(logs.formers()).containsExactly(second);
    BatchLogs after = restarted(logs);
    assertThat(after.formers()).hasSize(1);
    assertThat(seqs(after.formers().getFirst())).containsExactly(1L, 2L);
    after.retire(after.formers().getFirst());
    assertThat(restarted(after).formers()).isEmpty();
  }

  @Test
  void succeed_afterARetirement_isTheCurrentOneAfterARestart() {
    BatchLogs logs = create();
    append(logs.current(), 1);
    append(logs.succeed(), 2);
    logs.retire(logs.formers().getFirst());

    append(logs.succeed(), 3);

    BatchLogs after = restarted(logs);
    assertThat(seqs(after.current())).containsExactly(1L, 2L, 3L);
    assertThat(after.formers().stream().map(BatchLogsContract::seqs))
        .containsExactly(List.of(1L, 2L));
  }

  @Test
  void retire_ofTheCurrentOrAStranger_isRefused() {
    BatchLogs logs = create();
    BatchLog first = logs.current();
    logs.succeed();
    logs.retire(first);

    assertThatThrownBy(() -> logs.retire(logs.current()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> logs.retire(first)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void succeed_thatFails_changesNothingAndMaySucceedLater() {
    BatchLogs logs = create();
    append(logs.current(), 1);
    append(logs.succeed(), 2);
    BatchLog current = logs.current();
    List<BatchLog> formers = logs.formers();
    Runnable mend = diskFails(logs);

    assertThatThrownBy(logs::succeed).isInstanceOf(PortUnavailableException.class);

    assertThat(logs.current()).isSameAs(current);
    assertThat(logs.formers()).isEqualTo(formers);
    append(current, 1);
    mend.run();
    append(logs.succeed(), 1);
    assertThat(restarted(logs).formers().stream().map(BatchLogsContract::seqs))
        .containsExactly(List.of(1L), List.of(1L, 2L, 3L));
  }

  @Test
  void retire_thatFails_maySucceedLater() {
    BatchLogs logs = create();
    append(logs.current(), 1);
    append(logs.succeed(), 2);
    BatchLog former = logs.formers().getFirst();
    Runnable mend = diskFails(logs);

    assertThatThrownBy(() -> logs.retire(former)).isInstanceOf(PortUnavailableException.class);

    assertThat(logs.formers()).containsExactly(former);
    mend.run();
    logs.retire(former);
    assertThat(logs.formers()).isEmpty();
    assertThat(restarted(logs).formers()).isEmpty();
  }

  @Test
  void copyAndMoved_findRoomInAFullLog() {
    BatchLogs logs = create(8 << 10, 16 << 10);
    BatchLog former = logs.current();
    append(former, 1);
    SignedBatch original = former.read(1, 1, 1).getFirst();
    BatchLog log = logs.succeed();
    fill(log);

    for (int i = 0; i < 20; i++) {
      SignedBatch copy =
          SignedBatches.copy(log.epoch(), log.nextSeq(), log.sampleCount(), original);
      Stages.await(log.append(copy, List.of(SET)));
    }
    MovedRecord word =
        new MovedRecord(former.epoch(), 1, SignedBatches.SAMPLES, List.of(), List.of());
    BatchId id = new BatchId(new EpochId(SignedBatches.AGENT, log.epoch()), log.nextSeq());
    Stages.await(
        log.append(TestBatches.moved(SignedBatches.KEY, id, log.sampleCount(), word), List.of()));

    assertThat(log.durableThrough()).isEqualTo(id.seq());
    assertThat(log.read(log.durableThrough(), 1, 1).getFirst().header().sampleTo())
        .isEqualTo(log.sampleCount());
  }

  private static void fill(BatchLog log) {
    try {
      for (int i = 0; i < 100; i++) {
        append(log, 1);
      }
    } catch (BatchLog.LogFullException _) {
      return;
    } catch (CompletionException e) {
      assertThat(e).hasCauseInstanceOf(BatchLog.LogFullException.class);
      return;
    }
    throw new AssertionError("the log took everything");
  }

  private static void append(BatchLog log, int batches) {
    for (int i = 0; i < batches; i++) {
      SignedBatch batch = SignedBatches.data(log.epoch(), log.nextSeq(), 1_000);
      Stages.await(log.append(batch, List.of(SET)));
    }
  }

  private static List<Long> seqs(BatchLog log) {
    return log.read(1, 100, 1 << 20).stream().map(batch -> batch.id().seq()).toList();
  }
}
