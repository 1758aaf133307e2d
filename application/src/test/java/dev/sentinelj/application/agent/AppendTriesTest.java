package dev.sentinelj.application.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.BatchLog;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class AppendTriesTest {
  private static final Now NOW = new Now(AgentRig.T0, 7_000_000_000L);

  private final AppendTries tries = new AppendTries();

  @Test
  void failed_waitsTwiceAsLongEachTimeUpToHalfAMinute() {
    long[] waits = {1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000};
    for (long wait : waits) {
      tries.failed(new PortUnavailableException("no disk"), NOW);

      assertThat(tries.waiting(NOW.plusMillis(wait - 1))).isTrue();
      assertThat(tries.waiting(NOW.plusMillis(wait))).isFalse();
    }
    assertThat(tries.failures()).isEqualTo(waits.length);
    assertThat(tries.lastError()).isEqualTo("appending to the log: no disk");
  }

  @Test
  void failed_forLackOfRoom_isToldApartAlsoWhenWrapped() {
    tries.failed(new CompletionException(new BatchLog.LogFullException("full")), NOW);
    assertThat(tries.logFull()).isTrue();
    assertThat(tries.lastError()).endsWith("full");

    tries.failed(new PortUnavailableException("no disk"), NOW);

    assertThat(tries.logFull()).isFalse();
  }

  @Test
  void succeeded_waitsNoMoreAndCountsAnew() {
    tries.failed(new BatchLog.LogFullException("full"), NOW);
    tries.failed(new BatchLog.LogFullException("full"), NOW);

    tries.succeeded();

    assertThat(tries.waiting(NOW)).isFalse();
    assertThat(tries.logFull()).isFalse();
    assertThat(tries.lastError()).isEmpty();
    assertThat(tries.failures()).isEqualTo(2);
    tries.failed(new BatchLog.LogFullException("full"), NOW);
    assertThat(tries.waiting(NOW.plusMillis(1_000))).isFalse();
  }
}
