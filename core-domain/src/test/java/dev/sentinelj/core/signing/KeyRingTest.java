package dev.sentinelj.core.signing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.Samples;
import dev.sentinelj.core.signing.KeyRing.State;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyRingTest {
  private static final long AT = 1_000_000_000L;
  private static final long GRACE = 86_400_000;

  private final AgentKey key = Samples.key();

  @Test
  void current_signsAndChecksAtAnyTime() {
    KeyRing ring = ring(new State.Current());

    assertThat(ring.forEnvelope(key.id(), AT)).contains(key);
    assertThat(ring.forContent(key.id(), AT)).contains(key);
  }

  @Test
  void rotated_signsUntilTheGracePeriodEndsAndChecksForEver() {
    KeyRing ring = ring(new State.Rotated(AT));

    assertThat(ring.forEnvelope(key.id(), AT + GRACE - 1)).contains(key);
    assertThat(ring.forEnvelope(key.id(), AT + GRACE)).isEmpty();
    assertThat(ring.forContent(key.id(), Long.MAX_VALUE)).contains(key);
  }

  @Test
  void revoked_neverSignsAndChecksOnlyWhatCameBefore() {
    KeyRing ring = ring(new State.Revoked(AT));

    assertThat(ring.forEnvelope(key.id(), AT - 1)).isEmpty();
    assertThat(ring.forContent(key.id(), AT - 1)).contains(key);
    assertThat(ring.forContent(key.id(), AT)).isEmpty();
  }

  @Test
  void unknownKey_isEmpty() {
    KeyRing ring = ring(new State.Current());

    assertThat(ring.forEnvelope(new KeyId("other"), AT)).isEmpty();
    assertThat(ring.forContent(new KeyId("other"), AT)).isEmpty();
    assertThat(new KeyRing(List.of()).forContent(key.id(), AT)).isEmpty();
  }

  private KeyRing ring(State state) {
    AgentKey other = Samples.key("key-0", 9);
    return new KeyRing(
        List.of(new KeyRing.Entry(other, new State.Current()), new KeyRing.Entry(key, state)));
  }
}
