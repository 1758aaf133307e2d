package dev.sentinelj.application.agent;

import static dev.sentinelj.application.agent.AgentRig.EPOCH;
import static dev.sentinelj.application.agent.AgentRig.KEY;
import static dev.sentinelj.application.agent.AgentRig.SET;
import static dev.sentinelj.application.agent.AgentRig.T0;
import static dev.sentinelj.application.agent.AgentRig.reading;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.adapters.memory.InMemoryBatchLog;
import dev.sentinelj.core.batch.BatchHeader;
import dev.sentinelj.core.batch.BatchKind;
import dev.sentinelj.core.batch.LossReason;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.batch.MovedRecord;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.block.Columns;
import dev.sentinelj.core.metric.Series;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.session.SessionLimits;
import dev.sentinelj.core.signing.SigningPolicy;
import dev.sentinelj.ports.driven.BatchCodec.Part;
import dev.sentinelj.ports.driven.BatchLog;
import dev.sentinelj.ports.driven.MetricSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BatcherTest {
  private final AgentRig rig = new AgentRig();

  private List<SignedBatch> batches() {
    return rig.log.read(1, 1_000, Long.MAX_VALUE);
  }

  private void add(MetricSource.Reading reading) {
    rig.batcher.add(reading, rig.now);
    rig.run();
  }

  private void closeFirstBatch() {
    rig.collect();
  }

  @Test
  void batch_isClosedAfterTenSeconds() {
    closeFirstBatch();
    add(reading(SET, T0));

    rig.pass(9_999);
    assertThat(batches()).hasSize(1);

    rig.pass(1);
    assertThat(batches()).hasSize(2);
  }

  @Test
  void firstBatch_isClosedAfterOneSecond() {
    add(reading(SET, T0));

    rig.pass(999);
    assertThat(batches()).isEmpty();

    rig.pass(1);
    assertThat(batches()).hasSize(1);
  }

  @Test
  void readingsOfOneSet_becomeRowsOfOneBlock() {
    add(reading(SET, T0));
    add(reading(AgentRig.set("other"), T0 + 1));
    add(reading(SET, T0 + 2));
    rig.batcher.flush(rig.now);
    rig.run();

    SignedBatch batch = batches().getFirst();
    List<Part> parts = new WireCodec().decode(batch.header(), batch.body());
    assertThat(parts).hasSize(2);
    assertThat(parts.getFirst().columns()).isEqualTo(twoRows());
  }

  private static Columns twoRows() {
    return new Columns.Builder(1, T0, T0 + 2).set(0, 0, 0).set(0, 1, 0).build();
  }

  @Test
  void header_continuesTheCountAndBoundsTheTimes() {
    add(reading(SET, T0 + 5, T0 + 1));
    rig.batcher.flush(rig.now);
    rig.run();
    add(reading(SET, T0 + 9));
    rig.batcher.flush(rig.now);
    rig.run();

    BatchHeader first = batches().get(0).header();
    BatchHeader second = batches().get(1).header();
    assertThat(List.of(first.sampleFrom(), first.sampleTo())).containsExactly(0L, 2L);
    assertThat(List.of(first.leastTimeMillis(), first.greatestTimeMillis()))
        .containsExactly(T0 + 1, T0 + 5);
    assertThat(List.of(second.sampleFrom(), second.sampleTo())).containsExactly(2L, 3L);
    assertThat(batches()).allMatch(batch -> SigningPolicy.contentHolds(KEY, batch));
  }

  @Test
  void serversOffset_isAddedToTimesAndSigned() {
    rig.terms.adopt(T0 + 7_000, rig.now);
    add(reading(SET, T0));
    rig.batcher.flush(rig.now);
    rig.run();

    SignedBatch batch = batches().getFirst();
    assertThat(batch.header().clockOffsetMillis()).isEqualTo(7_000);
    assertThat(batch.header().leastTimeMillis()).isEqualTo(T0 + 7_000);
    assertThat(
            new WireCodec().decode(batch.header(), batch.body()).getFirst().columns().timeMillis(0))
        .isEqualTo(T0 + 7_000);
  }

  @Test
  void batch_isClosedBeforeTooManySamples() {
    SeriesSet wide = wide(4_000);
    add(reading(wide, T0, T0 + 1, T0 + 2));
    rig.batcher.flush(rig.now);
    rig.run();

    assertThat(batches()).extracting(b -> b.header().samples()).allMatch(n -> n <= 10_000);
    assertThat(batches().getLast().header().sampleTo()).isEqualTo(12_000);
  }

  @Test
  void batch_staysWithinHalfOfWhatTheServerTakes() {
    rig.terms.adopt(new SessionLimits(20_000, 10_000));
    SeriesSet wide = wide(100);
    add(reading(wide, IntStream.range(0, 50).mapToLong(i -> T0 + i).toArray()));
    rig.batcher.flush(rig.now);
    rig.run();

    assertThat(batches()).hasSizeGreaterThan(4).allMatch(b -> b.bodyLength() <= 10_000);
    assertThat(batches().getLast().header().sampleTo()).isEqualTo(5_000);
  }

  @Test
  void rowTooLargeAlone_makesABatchOfItsOwn() {
    rig.terms.adopt(new SessionLimits(1_000, 10_000));
    add(reading(SET, T0));
    add(reading(wide(500), T0));
    add(reading(SET, T0));
    rig.batcher.flush(rig.now);
    rig.run();

    assertThat(batches()).extracting(b -> b.header().samples()).containsExactly(1L, 500L, 1L);
  }

  @Test
  void clockJump_closesTheBatch() {
    add(reading(SET, T0));
    add(reading(SET, T0 + 4L * 86_400_000));
    add(reading(SET, T0 + 1));
    rig.batcher.flush(rig.now);
    rig.run();

    assertThat(batches()).hasSize(3);
  }

  @Test
  void readingWithoutValues_isNothing() {
    add(new MetricSource.Reading(SET, new Columns.Builder(1, T0).build()));
    rig.batcher.flush(rig.now);
    rig.run();

    assertThat(batches()).isEmpty();
  }

  @Test
  void tornSeqs_getALossRecordBeforeAnythingElse() {
    rig.log.holdSyncs();
    rig.collect(); // never synced
    AgentRig next = new AgentRig(rig.log.crash(), ExporterOptions.DEFAULT);

    next.collect();

    List<SignedBatch> written = next.log.read(1, 10, Long.MAX_VALUE);
    assertThat(written)
        .extracting(b -> b.header().kind())
        .containsExactly(BatchKind.LOSS, BatchKind.DATA);
    assertThat(written.getFirst().id().seq()).isEqualTo(2);
    assertThat(LossRecord.parse(written.getFirst().body()).entries())
        .containsExactly(new LossRecord.Entry(1, 1, 0, LossReason.TORN));
    assertThat(written.getLast().header().sampleFrom()).isZero();
    assertThat(next.log.torn()).isEmpty();
  }

  @Test
  void damagedSeqs_getALossRecordOnce() {
    rig.collect(3);
    rig.log.damage(2);

    rig.pass(100).pass(100);

    assertThat(batches()).extracting(b -> b.id().seq()).containsExactly(1L, 3L, 4L);
    SignedBatch written = batches().getLast();
    assertThat(LossRecord.parse(written.body()).entries())
        .containsExactly(new LossRecord.Entry(2, 2, 1, LossReason.CORRUPT));
    assertThat(written.header().sampleTo()).isEqualTo(3);
  }

  @Test
  void appends_goOneAtATimeInOrder() {
    rig.log.holdSyncs();
    rig.collect(3);

    assertThat(rig.log.nextSeq()).isEqualTo(2);

    rig.log.sync();
    rig.run();
    rig.log.sync();
    rig.run();
    rig.log.sync();
    rig.run();

    assertThat(batches()).extracting(b -> b.id().seq()).containsExactly(1L, 2L, 3L);
  }

  @Test
  void flush_completesWhenEverythingIsInTheLog() {
    rig.log.holdSyncs();
    add(reading(SET, T0));
    CompletionStage<Void> done = rig.batcher.flush(rig.now);
    rig.run();

    assertThat(done.toCompletableFuture()).isNotDone();

    rig.log.sync();
    rig.run();

    assertThat(done.toCompletableFuture()).isCompleted();
  }

  @Test
  void logFull_pausesCollectingAndRetriesUntilThereIsRoom() {
    AgentRig small = new AgentRig(new InMemoryBatchLog(EPOCH, 60, 200), ExporterOptions.DEFAULT);
    while (small.batcher.accepting()) {
      small.collect();
    }
    long before = small.log.nextSeq();

    assertThat(small.batcher.add(reading(SET, T0), small.now)).isFalse();
    assertThat(small.batcher.status().readingsRefused()).isEqualTo(1);
    assertThat(small.batcher.status().logFull()).isTrue();

    small.pass(1_000);
    assertThat(small.log.nextSeq()).isEqualTo(before);
    assertThat(small.batcher.status().appendFailures()).isEqualTo(2);

    small.log.delete(small.log.oldestSealed().orElseThrow());
    small.pass(1_999);
    assertThat(small.log.nextSeq()).isEqualTo(before);

    small.pass(1);
    assertThat(small.log.nextSeq()).isEqualTo(before + 1);
    assertThat(small.batcher.accepting()).isTrue();
  }

  @Test
  void logFullForALoss_draftsGoOnAndItIsTriedNowAndThen() {
    FullLog full = new FullLog(rig.log);
    Batcher batcher = over(full.log());
    batcher.add(reading(SET, T0), rig.now);
    batcher.lost(new LossRecord.Entry(1, 1, 1, LossReason.CORRUPT));
    MovedRecord record = new MovedRecord(7, 0, 0, List.of(), List.of());
    for (int i = 0; i < 50; i++) {
      batcher.write(Draft.of(record, 0, _ -> {}), rig.now);
    }

    for (int second = 0; second < 60; second++) {
      rig.now = rig.now.plusMillis(1_000);
      batcher.poll(rig.now);
      rig.run();
    }

    assertThat(batches()).hasSize(50);
    assertThat(full.refused()).isBetween(3, 30);
  }

  @Test
  void logThatThrowsSomethingElse_isTriedAgain() {
    BatchLog broken = new FullLog(rig.log).throwing(new IllegalStateException("a fault of ours"));
    Batcher batcher = over(broken);

    batcher.add(reading(SET, T0), rig.now);
    batcher.flush(rig.now);
    rig.run();

    assertThat(batcher.appending()).isFalse();
    assertThat(batcher.status().lastError()).contains("a fault of ours");
  }

  @Test
  void memoryFull_pausesCollecting() {
    rig.log.holdSyncs();
    SeriesSet wide = wide(9_000);
    int taken = 0;
    while (rig.batcher.add(reading(wide, T0), rig.now)) {
      taken++;
    }

    assertThat(taken).isBetween(10, 100);
    assertThat(rig.batcher.status().waitingBytes()).isLessThan(5 << 20);
  }

  private Batcher over(BatchLog log) {
    return new Batcher(
        AgentRig.AGENT,
        log,
        new WireCodec(),
        () -> AgentRig.KEY,
        rig.terms,
        BatcherOptions.DEFAULT,
        rig.mailbox::add,
        () -> rig.now);
  }

  private static SeriesSet wide(int series) {
    return SeriesSet.of(
        IntStream.range(0, series).mapToObj(i -> Series.gauge("s" + i, "1", Map.of())).toList());
  }
}
