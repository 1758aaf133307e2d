package dev.sentinelj.adapters.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.time.Now;
import org.junit.jupiter.api.Test;

class RateLimiterTest {
  private final Now start = new Now(0, -5);
  private final RateLimiter limiter = new RateLimiter(2, 3, 2);

  @Test
  void take_beyondBurst_saysHowLongToWait() {
    assertThat(limiter.take("a", start)).isZero();
    assertThat(limiter.take("a", start)).isZero();

    assertThat(limiter.take("a", start)).isEqualTo(3);
    assertThat(limiter.take("a", start.plusMillis(2_000))).isEqualTo(1);
    assertThat(limiter.take("a", start.plusMillis(3_000))).isZero();
    assertThat(limiter.take("a", start.plusMillis(3_000))).isEqualTo(3);
  }

  @Test
  void take_ofAnotherKey_isNotConcerned() {
    limiter.take("a", start);
    limiter.take("a", start);

    assertThat(limiter.take("b", start)).isZero();
  }

  @Test
  void take_afterLongRest_isNeverMoreThanBurst() {
    Now later = start.plusMillis(1_000_000);
    limiter.take("a", start);

    assertThat(limiter.take("a", later)).isZero();
    assertThat(limiter.take("a", later)).isZero();
    assertThat(limiter.take("a", later)).isEqualTo(3);
  }

  @Test
  void take_beyondRememberedKeys_forgetsTheOneUsedLongestAgo() {
    limiter.take("a", start);
    limiter.take("a", start);
    limiter.take("b", start);
    limiter.take("c", start);

    assertThat(limiter.take("a", start)).isZero();
  }
}
