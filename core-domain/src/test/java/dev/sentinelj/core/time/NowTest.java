package dev.sentinelj.core.time;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NowTest {

  @Test
  void millisSince_wallClockJumped_goesByTheMonotonicClock() {
    Now before = new Now(1_000_000, 5_000_000);
    Now after = new Now(0, 12_999_999);

    assertThat(after.millisSince(before)).isEqualTo(7);
    assertThat(before.plusMillis(7).millisSince(before)).isEqualTo(7);
    assertThat(before.plusMillis(7).wallMillis()).isEqualTo(1_000_007);
  }

  @Test
  void millisSince_monotonicClockWrapped_staysRight() {
    Now before = new Now(0, Long.MAX_VALUE);

    assertThat(before.plusMillis(3).millisSince(before)).isEqualTo(3);
  }
}
