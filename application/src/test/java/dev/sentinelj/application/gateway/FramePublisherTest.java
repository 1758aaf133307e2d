package dev.sentinelj.application.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.BatchHeader;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.BatchKind;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.frame.Frame;
import dev.sentinelj.core.frame.FrameAddress;
import dev.sentinelj.core.frame.FrameEntry;
import dev.sentinelj.core.ingest.IngestVerdict;
import dev.sentinelj.core.ingest.Receipt;
import dev.sentinelj.core.ingest.RetryReason;
import dev.sentinelj.core.signing.SigningPolicy;
import dev.sentinelj.ports.driven.BatchBus;
import dev.sentinelj.testkit.SignedBatches;
import dev.sentinelj.testkit.Stages;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class FramePublisherTest {
  private final GatewayForTests gateway = new GatewayForTests();

  @Test
  void offer_untilTheFrameIsFull_publishesWithoutPoll() {
    List<CompletionStage<IngestVerdict>> answers = new ArrayList<>();
    for (long seq = 1; seq <= 3; seq++) {
      answers.add(gateway.publisher.offer(entry(seq, 100_000), gateway.now));
    }

    assertThat(answers.get(0).toCompletableFuture()).isDone();
    assertThat(answers.get(1).toCompletableFuture()).isDone();
    assertThat(answers.get(2).toCompletableFuture()).isNotDone();
    assertThat(gateway.frames()).hasSize(1);
  }

  @Test
  void poll_leavesAFrameOpenForFiveMilliseconds() {
    CompletionStage<IngestVerdict> answer = gateway.publisher.offer(entry(1, 100), gateway.now);
    assertThat(gateway.publisher.nextDeadline())
        .hasValue(gateway.now.plusMillis(5).monotonicNanos());

    gateway.publisher.poll(gateway.now.plusMillis(4));
    assertThat(answer.toCompletableFuture()).isNotDone();
    gateway.publisher.poll(gateway.now.plusMillis(5));

    assertThat(Stages.await(answer)).isInstanceOf(IngestVerdict.Accepted.class);
    assertThat(gateway.publisher.nextDeadline()).isEmpty();
    assertThat(gateway.publisher.bytesHeld()).isZero();
  }

  @Test
  void poll_publishesDueFramesInTheOrderTheyWereOpened() {
    List<FrameAddress> opened = new ArrayList<>();
    List<FrameAddress> published = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      FrameEntry entry = ofAgent("agent-" + i, i % 3 == 0);
      gateway
          .publisher
          .offer(entry, gateway.now)
          .thenAccept(verdict -> published.add(address(verdict)));
      int partition =
          FrameAddress.partitionOf(entry.batch().id().agent(), GatewayForTests.PARTITIONS);
      opened.add(new FrameAddress(partition, i % 3 == 0 ? Lane.BACKLOG : Lane.FRESH));
    }

    gateway.publisher.poll(gateway.now.plusMillis(5));

    assertThat(opened.stream().distinct()).hasSize(4);
    assertThat(published.stream().distinct())
        .containsExactlyElementsOf(opened.stream().distinct().toList());
  }

  @Test
  void offer_lateSamples_goToTheBacklog() {
    long newest = SignedBatches.data(1, 1, 10).header().greatestTimeMillis();

    IngestVerdict fresh = publish(sent(1, newest + Lane.BACKLOG_AFTER_MILLIS));
    IngestVerdict late = publish(sent(2, newest + 1 + Lane.BACKLOG_AFTER_MILLIS + 1));

    assertThat(lane(fresh)).isEqualTo(Lane.FRESH);
    assertThat(lane(late)).isEqualTo(Lane.BACKLOG);
  }

  @Test
  void offer_beyondWhatMayBeHeld_isBusy() {
    FramePublisher small =
        new FramePublisher(
            gateway.bus,
            gateway.clusterKey,
            gateway.random,
            new FramePublisher.Limits(10, 2_000, 5));

    CompletionStage<IngestVerdict> first = small.offer(entry(1, 500), gateway.now);
    IngestVerdict second = Stages.await(small.offer(entry(2, 1_500), gateway.now));

    assertThat(first.toCompletableFuture()).isNotDone();
    assertThat(reason(second)).isEqualTo(RetryReason.BUSY);
  }

  @Test
  void offer_busAtEightyPercent_isFull() {
    FrameAddress address = new FrameAddress(0, Lane.FRESH);
    BatchBus.Fill fill = gateway.bus.fill();
    byte[] filler = new byte[(int) (fill.maxBytes() * 8 / 10 + 1)];
    Stages.await(gateway.bus.publish(address, "filler", filler));

    IngestVerdict verdict = Stages.await(gateway.publisher.offer(entry(1, 10), gateway.now));

    assertThat(reason(verdict)).isEqualTo(RetryReason.BUS_FULL);
    assertThat(gateway.publisher.hasRoom()).isFalse();
  }

  @Test
  void ticker_eachSecondOnce_whileReady() {
    boolean[] ready = {true};
    Ticker ticker = new Ticker(gateway.bus, gateway.clusterKey, () -> ready[0]);
    Ticker another = new Ticker(gateway.bus, gateway.clusterKey, () -> ready[0]);

    ticker.poll(gateway.now);
    ticker.poll(gateway.now.plusMillis(999));
    another.poll(gateway.now.plusMillis(1));
    ready[0] = false;
    ticker.poll(gateway.now.plusMillis(1_000));
    ready[0] = true;
    ticker.poll(gateway.now.plusMillis(2_000));

    long second = gateway.now.wallMillis() / 1_000;
    assertThat(gateway.frames())
        .containsExactly(
            new Frame.Tick(second),
            new Frame.Tick(second + 2),
            new Frame.Tick(second),
            new Frame.Tick(second + 2));
  }

  private IngestVerdict publish(FrameEntry entry) {
    CompletionStage<IngestVerdict> answer = gateway.publisher.offer(entry, gateway.now);
    gateway.advance(5);
    gateway.publisher.poll(gateway.now);
    return Stages.await(answer);
  }

  private static FrameEntry entry(long seq, int bytes) {
    return new FrameEntry(SignedBatches.data(1, seq, bytes), seq, 1_700_000_000_000L, List.of());
  }

  private static FrameEntry sent(long seq, long sentAt) {
    return new FrameEntry(SignedBatches.data(1, seq, 10), seq, sentAt, List.of());
  }

  private static FrameEntry ofAgent(String agent, boolean late) {
    byte[] body = new byte[10];
    BatchId id = new BatchId(new EpochId(new AgentId(agent), 1), 1);
    BatchHeader header =
        new BatchHeader(BatchKind.DATA, id, 0, 1, 1_000, 1_000, 0, Sha256.of(body));
    SignedBatch batch = SigningPolicy.signContent(SignedBatches.KEY, header, body);
    return new FrameEntry(batch, 1, late ? 1_001 + Lane.BACKLOG_AFTER_MILLIS : 1_000, List.of());
  }

  private static FrameAddress address(IngestVerdict verdict) {
    Receipt receipt = ((IngestVerdict.Accepted) verdict).receipt();
    return new FrameAddress(receipt.partition(), receipt.lane());
  }

  private static Lane lane(IngestVerdict verdict) {
    return ((IngestVerdict.Accepted) verdict).receipt().lane();
  }

  private static RetryReason reason(IngestVerdict verdict) {
    return ((IngestVerdict.Retry) verdict).reason();
  }
}
