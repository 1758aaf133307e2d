package dev.sentinelj.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sentinelj.core.time.Now;
import org.junit.jupiter.api.Test;

class ManualClockTest {
  @Test
  void advance_movesBothClocks_andSetWallOne() {
    ManualClock clock = new ManualClock(1_000);

    clock.advance(20);
    assertThat(clock.now()).isEqualTo(new Now(1_020, 20_000_000));

    clock.setWall(5);
    assertThat(clock.now()).isEqualTo(new Now(5, 20_000_000));
  }

  @Test
  void advance_backwards_isRefused() {
    assertThatThrownBy(() -> new ManualClock().advance(-1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
