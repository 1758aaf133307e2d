package dev.sentinelj.application.agent;

import static dev.sentinelj.application.agent.AgentRig.AGENT;
import static dev.sentinelj.application.agent.AgentRig.EPOCH;
import static dev.sentinelj.application.agent.AgentRig.read;
import static dev.sentinelj.application.agent.AgentRig.receipt;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.progress.Balance;
import dev.sentinelj.core.progress.Committed;
import dev.sentinelj.core.progress.EpochProgress;
import dev.sentinelj.core.progress.LaneRead;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.driven.BatchLog;
import dev.sentinelj.testkit.SignedBatches;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class EvidenceTest {
  private static final Now NOW = new Now(AgentRig.T0, 7_000_000_000L);
  private static final Duration HOUR = Duration.ofHours(1);

  private final Deliveries deliveries = new Deliveries();
  private final CommittedWord word = new CommittedWord();
  private final BatchLog log = new AgentRig().log;
  private final GivenUp givenUp = new GivenUp(log, (_, _) -> {}, _ -> {}, new ShippedCounts());
  private final OwnRows own = new OwnRows(log, givenUp);
  private final SetBook sets = new SetBook(log, new WireCodec());
  private final Evidence evidence =
      new Evidence(deliveries, word, own, sets, HOUR, new SplittableRandom(4));

  @Test
  void committed_isDoneWith() {
    accepted(1);
    accepted(2);
    says(1, List.of());

    evidence.judgeAll(NOW);

    assertThat(deliveries.tracks(1)).isFalse();
    assertThat(deliveries.tracks(2)).isTrue();
  }

  @Test
  void committedWhileStillInFlight_waitsForItsAnswer() {
    send(1);
    says(1, List.of());

    evidence.judgeAll(NOW);

    assertThat(deliveries.tracks(1)).isTrue();
  }

  @Test
  void laneReadPastTheReceipt_isSentAgainUnlessParked() {
    accepted(1);
    accepted(2);
    says(0, List.of(2L), read(1, 9));

    evidence.judgeAll(NOW);

    assertThat(dueAt(NOW.plusMillis(2_000))).containsExactly(1L);
  }

  @Test
  void disputedAndReadPastTheReceipt_isSettledByTheNextComparison() {
    accepted(1);
    word.dispute(1);
    says(1, List.of(), read(1, 9));

    evidence.judgeAll(NOW);

    assertThat(word.disputed(1)).isFalse();
    assertThat(deliveries.tracks(1)).isFalse();
  }

  @Test
  void disputedAndNamedByNoMark_isSentAgainWhenItsLaneWasReadPastIt() {
    accepted(1);
    word.dispute(1);
    says(0, List.of(), read(1, 9));

    evidence.judgeAll(NOW);

    assertThat(dueAt(NOW.plusMillis(2_000))).containsExactly(1L);
  }

  @Test
  void poll_afterAnHour_hasItSentAgainUnlessParked() {
    evidence.opened(NOW);
    accepted(1);
    accepted(2);
    says(0, List.of(2L));

    evidence.poll(NOW.plusMillis(HOUR.toMillis() - 1));
    assertThat(dueAt(NOW.plusMillis(HOUR.toMillis()))).isEmpty();

    Now later = NOW.plusMillis(HOUR.toMillis() + 60_000);
    evidence.poll(later);
    assertThat(dueAt(later)).containsExactly(1L);
  }

  @Test
  void bringParked_hasTheFirstParkedOneSentAgain() {
    accepted(1);
    accepted(3);
    accepted(2);
    says(0, List.of(2L, 3L));

    evidence.bringParked(NOW);

    assertThat(dueAt(NOW)).containsExactly(2L);
  }

  private void send(long seq) {
    deliveries.sent(SignedBatches.data(EPOCH, seq, 10), seq, List.of(), NOW.monotonicNanos());
  }

  private void accepted(long seq) {
    send(seq);
    Delivery delivery = deliveries.answered(seq, seq).orElseThrow();
    deliveries.accepted(delivery, receipt(1, seq), NOW.monotonicNanos());
  }

  private void says(long through, List<Long> parked, LaneRead... lanes) {
    EpochProgress progress =
        new EpochProgress(
            new EpochId(AGENT, EPOCH), through, List.of(), Balance.ZERO, false, false);
    word.update(new Committed(progress, parked, List.of(lanes)));
  }

  private List<Long> dueAt(Now when) {
    return deliveries.due(when.monotonicNanos(), 10).stream()
        .map(delivery -> delivery.seq)
        .toList();
  }
}
