package dev.sentinelj.core.signing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.Mutations;
import dev.sentinelj.core.Samples;
import dev.sentinelj.core.signing.SessionSeal.Sealed;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SessionSealTest {
  private static final byte[] NONCE = new byte[32];
  private static final byte[] PAYLOAD = "ack".getBytes(StandardCharsets.UTF_8);

  private final AgentKey key = Samples.key();
  private final SessionSeal sender = new SessionSeal(key.downlink(), NONCE);
  private final SessionSeal receiver = new SessionSeal(key.downlink(), NONCE);

  @Test
  void opens_messagesInOrder_isTrue() {
    for (int i = 0; i < 3; i++) {
      Sealed sealed = sender.seal(PAYLOAD);

      assertThat(sealed.counter()).isEqualTo(i);
      assertThat(receiver.opens(sealed)).isTrue();
    }
  }

  @Test
  void opens_replayed_isFalse() {
    Sealed sealed = sender.seal(PAYLOAD);
    receiver.opens(sealed);

    assertThat(receiver.opens(sealed)).isFalse();
  }

  @Test
  void opens_oneLeftOut_isFalseUntilItComes() {
    Sealed first = sender.seal(PAYLOAD);
    Sealed second = sender.seal(PAYLOAD);

    assertThat(receiver.opens(second)).isFalse();
    assertThat(receiver.opens(first)).isTrue();
    assertThat(receiver.opens(second)).isTrue();
  }

  @Test
  void opens_otherDirectionOrSession_isFalse() {
    Sealed sealed = sender.seal(PAYLOAD);
    byte[] otherNonce = new byte[32];
    otherNonce[31] = 1;

    assertThat(new SessionSeal(key.uplink(), NONCE).opens(sealed)).isFalse();
    assertThat(new SessionSeal(key.downlink(), otherNonce).opens(sealed)).isFalse();
    assertThat(new SessionSeal(Samples.key("key-1", 2).downlink(), NONCE).opens(sealed)).isFalse();
  }

  @Test
  void opens_anyBitFlipped_isFalseAndTheCounterStays() {
    Sealed sealed = sender.seal(PAYLOAD);

    Mutations.everyBitFlip(
        PAYLOAD,
        payload -> assertThat(receiver.opens(new Sealed(0, payload, sealed.mac()))).isFalse());
    Mutations.everyBitFlip(
        sealed.mac().toBytes(),
        mac -> assertThat(receiver.opens(new Sealed(0, PAYLOAD, MacTag.of(mac)))).isFalse());
    assertThat(receiver.opens(new Sealed(1, PAYLOAD, sealed.mac()))).isFalse();

    assertThat(receiver.opens(sealed)).isTrue();
  }
}
