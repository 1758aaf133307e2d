package dev.sentinelj.application.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.session.Hello;
import dev.sentinelj.testkit.SignedBatches;
import org.junit.jupiter.api.Test;

class MetHellosTest {
  private final MetHellos hellos = new MetHellos(2);

  @Test
  void firstTime_isOncePerHello() {
    assertThat(hellos.firstTime(hello(1))).isTrue();
    assertThat(hellos.firstTime(hello(1))).isFalse();
    assertThat(hellos.firstTime(hello(2))).isTrue();
  }

  @Test
  void firstTime_beyondTheLimit_forgetsTheOldest() {
    hellos.firstTime(hello(1));
    hellos.firstTime(hello(2));
    hellos.firstTime(hello(3));

    assertThat(hellos.firstTime(hello(3))).isFalse();
    assertThat(hellos.firstTime(hello(2))).isFalse();
    assertThat(hellos.firstTime(hello(1))).isTrue();
  }

  private static Hello hello(int nonce) {
    byte[] bytes = new byte[Hello.NONCE_BYTES];
    bytes[0] = (byte) nonce;
    return Hello.sign(
        SignedBatches.KEY, new EpochId(SignedBatches.AGENT, 1), "1.0", bytes, 1_000, 1);
  }
}
