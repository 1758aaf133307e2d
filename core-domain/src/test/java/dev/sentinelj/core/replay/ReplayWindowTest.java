package dev.sentinelj.core.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReplayWindowTest {
  private static final long NOW = 1_700_000_000_000L;
  private static final long FIVE_MINUTES = 300_000;

  @Test
  void admits_bothEdges_areInclusive() {
    assertThat(ReplayWindow.DEFAULT.admits(NOW - FIVE_MINUTES, NOW)).isTrue();
    assertThat(ReplayWindow.DEFAULT.admits(NOW + FIVE_MINUTES, NOW)).isTrue();
    assertThat(ReplayWindow.DEFAULT.admits(NOW, NOW)).isTrue();
  }

  @Test
  void admits_oneMillisecondBeyondEitherEdge_isFalse() {
    assertThat(ReplayWindow.DEFAULT.admits(NOW - FIVE_MINUTES - 1, NOW)).isFalse();
    assertThat(ReplayWindow.DEFAULT.admits(NOW + FIVE_MINUTES + 1, NOW)).isFalse();
  }

  @Test
  void admits_extremeTimes_isFalse() {
    assertThat(ReplayWindow.DEFAULT.admits(Long.MIN_VALUE, NOW)).isFalse();
    assertThat(ReplayWindow.DEFAULT.admits(Long.MAX_VALUE, NOW)).isFalse();
  }

  @Test
  void new_zeroOrNegative_throws() {
    assertThatIllegalArgumentException().isThrownBy(() -> new ReplayWindow(Duration.ZERO));
    assertThatIllegalArgumentException().isThrownBy(() -> new ReplayWindow(Duration.ofMillis(-1)));
  }
}
