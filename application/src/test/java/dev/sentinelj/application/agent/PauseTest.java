package dev.sentinelj.application.agent;

import static dev.sentinelj.core.ingest.RetryReason.BUS_FULL;
import static dev.sentinelj.core.ingest.RetryReason.NOT_BELIEVED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.time.Now;
import dev.sentinelj.testkit.SignedBatches;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PauseTest {
  private static final Now NOW = new Now(AgentRig.T0, 7_000_000_000L);

  private final Pause pause = new Pause(new SplittableRandom(3));

  @Test
  void asked_pausesEverythingForTheDelay() {
    long until = pause.asked(sent(1), BUS_FULL, 5_000, NOW);

    assertThat(until).isEqualTo(NOW.plusMillis(5_000).monotonicNanos());
    assertThat(pause.over(NOW.plusMillis(4_999))).isFalse();
    assertThat(pause.over(NOW.plusMillis(5_000))).isTrue();
  }

  @Test
  void asked_forTooLong_waitsTenMinutes() {
    pause.asked(sent(1), BUS_FULL, Long.MAX_VALUE, NOW);

    assertThat(pause.over(NOW.plusMillis(599_999))).isFalse();
    assertThat(pause.over(NOW.plusMillis(600_000))).isTrue();
  }

  @Test
  void notBelieved_onceInARow_delaysThatBatchAlone() {
    long until = pause.asked(sent(1), NOT_BELIEVED, 5_000, NOW);

    assertThat(until).isGreaterThanOrEqualTo(NOW.plusMillis(5_000).monotonicNanos());
    assertThat(pause.over(NOW)).isTrue();
  }

  @Test
  void notBelieved_twiceInARow_pausesEverything() {
    pause.asked(sent(1), NOT_BELIEVED, 5_000, NOW);
    pause.asked(sent(2), NOT_BELIEVED, 5_000, NOW);

    assertThat(pause.over(NOW.plusMillis(4_999))).isFalse();
  }

  @Test
  void notBelieved_againAfterABelievedOne_delaysThatBatchAlone() {
    pause.asked(sent(1), NOT_BELIEVED, 5_000, NOW);
    pause.believed();
    pause.asked(sent(2), NOT_BELIEVED, 5_000, NOW);

    assertThat(pause.over(NOW)).isTrue();
  }

  @Test
  void sessionEnded_endsThePause() {
    pause.asked(sent(1), BUS_FULL, 5_000, NOW);

    pause.sessionEnded();

    assertThat(pause.over(NOW)).isTrue();
  }

  private static Delivery sent(long seq) {
    Delivery delivery = new Delivery(SignedBatches.data(1, seq, 10));
    delivery.sent(seq, List.of(), NOW.monotonicNanos());
    return delivery;
  }
}
