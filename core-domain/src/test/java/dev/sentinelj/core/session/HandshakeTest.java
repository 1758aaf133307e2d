package dev.sentinelj.core.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sentinelj.core.Mutations;
import dev.sentinelj.core.Samples;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.signing.AgentKey;
import dev.sentinelj.core.signing.KeyId;
import java.util.List;
import org.junit.jupiter.api.Test;

class HandshakeTest {
  private static final byte[] NONCE = new byte[Hello.NONCE_BYTES];

  private final AgentKey key = Samples.key();
  private final Hello hello = Hello.sign(key, Samples.EPOCH, "1.0", NONCE, Samples.T0, 5);
  private final Welcome welcome =
      Welcome.sign(key, hello, NONCE, Samples.T0 + 1, SessionLimits.DEFAULT);

  @Test
  void holds_untouched_isTrue() {
    assertThat(hello.holds(key)).isTrue();
    assertThat(welcome.holds(key, hello)).isTrue();
  }

  @Test
  void helloHolds_anyFieldChanged_isFalse() {
    EpochId epoch = Samples.EPOCH;
    EpochId otherEpoch = new EpochId(epoch.agent(), 1);
    EpochId otherAgent = new EpochId(new AgentId("b"), epoch.epoch());
    KeyId id = key.id();

    assertThat(
            List.of(
                hello(otherEpoch, id, "1.0", NONCE, Samples.T0, 5),
                hello(otherAgent, id, "1.0", NONCE, Samples.T0, 5),
                hello(epoch, new KeyId("key-2"), "1.0", NONCE, Samples.T0, 5),
                hello(epoch, id, "1.1", NONCE, Samples.T0, 5),
                hello(epoch, id, "1.0", flipped(), Samples.T0, 5),
                hello(epoch, id, "1.0", NONCE, Samples.T0 + 1, 5),
                hello(epoch, id, "1.0", NONCE, Samples.T0, 6)))
        .noneMatch(changed -> changed.holds(key));
    assertThat(hello(epoch, id, "1.0", NONCE, Samples.T0, 5).holds(key)).isTrue();
  }

  @Test
  void welcomeHolds_anyFieldChanged_isFalse() {
    SessionLimits limits = SessionLimits.DEFAULT;
    Hello otherHello = Hello.sign(key, Samples.EPOCH, "1.0", flipped(), Samples.T0, 5);

    assertThat(welcome(flipped(), Samples.T0 + 1, limits).holds(key, hello)).isFalse();
    assertThat(welcome(NONCE, Samples.T0 + 2, limits).holds(key, hello)).isFalse();
    assertThat(
            welcome(NONCE, Samples.T0 + 1, new SessionLimits(1, limits.heartbeatMillis()))
                .holds(key, hello))
        .isFalse();
    assertThat(
            welcome(NONCE, Samples.T0 + 1, new SessionLimits(limits.maxBatchBytes(), 1))
                .holds(key, hello))
        .isFalse();
    assertThat(welcome.holds(key, otherHello)).isFalse();
    assertThat(welcome.holds(Samples.key("key-1", 2), hello)).isFalse();
  }

  @Test
  void hello_nonceOfAnotherLength_throws() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Hello.sign(key, Samples.EPOCH, "1", new byte[15], 0, 1));
  }

  @Test
  void heartbeat_itsBytes_giveTheSameProof() {
    HeartbeatProof proof = HeartbeatProof.sign(key, Samples.AGENT, Samples.T0);

    HeartbeatProof parsed = HeartbeatProof.parse(proof.toBytes());

    assertThat(parsed).isEqualTo(proof);
    assertThat(parsed.holds(key)).isTrue();
    assertThat(parsed.holds(Samples.key("key-1", 2))).isFalse();
  }

  @Test
  void heartbeat_anyBitFlippedOrAnotherLength_isRefused() {
    byte[] bytes = HeartbeatProof.sign(key, Samples.AGENT, Samples.T0).toBytes();

    Mutations.survivesEveryBitFlip(
        bytes, flipped -> assertThat(HeartbeatProof.parse(flipped).holds(key)).isFalse());
    Mutations.refusesEveryOtherLength(bytes, HeartbeatProof::parse);
  }

  @Test
  void reconcileDigest_ofHashesInOrder_isTheDigestOfTheirBytes() {
    Sha256 one = Sha256.of(new byte[] {1});
    Sha256 two = Sha256.of(new byte[] {2});

    assertThat(ReconcileQuery.digestOf(List.of(one, two)))
        .isEqualTo(Sha256.of(one.toBytes(), two.toBytes()))
        .isNotEqualTo(ReconcileQuery.digestOf(List.of(two, one)));
    assertThat(ReconcileQuery.digestOf(List.of())).isEqualTo(Sha256.of());
  }

  private Hello hello(
      EpochId epoch, KeyId id, String version, byte[] nonce, long sentAt, long nextSeq) {
    return new Hello(epoch, id, version, nonce, sentAt, nextSeq, hello.mac());
  }

  private Welcome welcome(byte[] nonce, long serverMillis, SessionLimits limits) {
    return new Welcome(nonce, serverMillis, limits, welcome.mac());
  }

  private static byte[] flipped() {
    byte[] nonce = NONCE.clone();
    nonce[3] = 1;
    return nonce;
  }
}
