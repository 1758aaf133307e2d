package dev.sentinelj.core.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sentinelj.core.Mutations;
import dev.sentinelj.core.Samples;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.wire.MalformedException;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class EnvelopeTest {
  private final AgentKey key = Samples.key();
  private final SignedBatch batch = Samples.batch(3);
  private final List<Sha256> attached = List.of(Samples.set().hash(), Sha256.of(new byte[1]));

  @Test
  void parse_itsBytes_givesTheSameEnvelope() {
    Envelope.Signed signed = signed();

    assertThat(Envelope.Signed.parse(signed.toBytes())).isEqualTo(signed);
  }

  @Test
  void envelopeHolds_untouched_isTrue() {
    assertThat(SigningPolicy.envelopeHolds(key, signed(), batch)).isTrue();
  }

  @Test
  void envelopeHolds_anyBitFlipped_isRefused() {
    Mutations.survivesEveryBitFlip(
        signed().toBytes(),
        bytes ->
            assertThat(SigningPolicy.envelopeHolds(key, Envelope.Signed.parse(bytes), batch))
                .isFalse());
  }

  @Test
  void parse_anyOtherLength_isMalformed() {
    Mutations.refusesEveryOtherLength(signed().toBytes(), Envelope.Signed::parse);
  }

  @Test
  void envelopeHolds_beforeAnotherBatch_isFalse() {
    assertThat(SigningPolicy.envelopeHolds(key, signed(), Samples.batch(4))).isFalse();
  }

  @Test
  void envelopeHolds_underAnotherKeyOrPurpose_isFalse() {
    Envelope envelope = signed().envelope();
    Envelope.Signed byContentKey =
        new Envelope.Signed(envelope, key.content().sign(envelope.toBytes()));

    assertThat(SigningPolicy.envelopeHolds(Samples.key("key-1", 2), signed(), batch)).isFalse();
    assertThat(SigningPolicy.envelopeHolds(key, byContentKey, batch)).isFalse();
  }

  @Test
  void envelopeHolds_contentSignedByAnOlderKey_isTrue() {
    AgentKey newer = Samples.key("key-2", 2);
    Envelope.Signed signed = SigningPolicy.signEnvelope(newer, batch, 1, Samples.T0, List.of());

    assertThat(signed.envelope().contentKey()).isEqualTo(key.id());
    assertThat(SigningPolicy.envelopeHolds(newer, signed, batch)).isTrue();
  }

  @Test
  void new_tooManyAttached_throwsAndTheMostFits() {
    List<Sha256> most = Collections.nCopies(Envelope.MAX_ATTACHED, attached.getFirst());
    Envelope.Signed full = SigningPolicy.signEnvelope(key, batch, 1, 1, most);

    assertThat(full.toBytes()).hasSizeLessThanOrEqualTo(Envelope.MAX_BYTES);
    assertThat(Envelope.Signed.parse(full.toBytes())).isEqualTo(full);
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            SigningPolicy.signEnvelope(
                key, batch, 1, 1, Collections.nCopies(65, attached.getFirst())));
  }

  @Test
  void parse_keyIdThatIsNone_isMalformed() {
    assertThatExceptionOfType(MalformedException.class).isThrownBy(() -> KeyId.parse("Key 1"));
    assertThatExceptionOfType(MalformedException.class).isThrownBy(() -> KeyId.parse(""));
  }

  private Envelope.Signed signed() {
    return SigningPolicy.signEnvelope(key, batch, -7, Samples.T0, attached);
  }
}
