package dev.sentinelj.core.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sentinelj.core.Samples;
import dev.sentinelj.core.wire.MalformedException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MacKeyTest {
  private static final byte[] MESSAGE = "hello".getBytes(StandardCharsets.UTF_8);

  @ParameterizedTest
  @EnumSource
  void derive_everyPurpose_isHkdfStepByStep(Purpose purpose) throws GeneralSecurityException {
    Secret secret = Samples.secret(1);
    byte[] pseudoRandomKey = hmac(new byte[32], secret.reveal());
    byte[] info =
        ("sentinel/v1/" + purpose.info().substring(12) + "\u0001").getBytes(StandardCharsets.UTF_8);
    byte[] derived = hmac(pseudoRandomKey, info);

    MacTag tag = MacKey.derive(secret, purpose).sign(MESSAGE);

    assertThat(tag.toBytes()).isEqualTo(hmac(derived, MESSAGE));
  }

  @Test
  void derive_purposes_haveKeysOfTheirOwn() {
    Set<String> tags = new HashSet<>();
    for (Purpose purpose : Purpose.values()) {
      tags.add(Arrays.toString(MacKey.derive(Samples.secret(1), purpose).sign(MESSAGE).toBytes()));
    }

    assertThat(tags).hasSize(Purpose.values().length);
  }

  @Test
  void sign_parts_isTheMacOfTheirConcatenation() {
    MacKey key = Samples.key().content();

    assertThat(key.sign(new byte[] {1}, new byte[] {2, 3}))
        .isEqualTo(key.sign(new byte[] {1, 2, 3}));
    assertThat(key.verifies(key.sign(MESSAGE), MESSAGE)).isTrue();
    assertThat(key.verifies(key.sign(MESSAGE), new byte[0])).isFalse();
  }

  @Test
  void sign_fromManyThreads_isAlwaysTheSame() {
    MacKey key = Samples.key().content();
    MacTag expected = key.sign(MESSAGE);

    assertThat(IntStream.range(0, 2_000).parallel().allMatch(i -> key.verifies(expected, MESSAGE)))
        .isTrue();
  }

  @Test
  void macTag_otherLengths_areMalformed() {
    assertThatExceptionOfType(MalformedException.class).isThrownBy(() -> MacTag.of(new byte[31]));
    assertThatExceptionOfType(MalformedException.class).isThrownBy(() -> MacTag.of(new byte[33]));
  }

  @Test
  void secret_otherLengths_throw() {
    assertThatIllegalArgumentException().isThrownBy(() -> Secret.of(new byte[16]));
  }

  @Test
  void toString_ofAnythingSecret_showsNothing() {
    String hex = java.util.HexFormat.of().formatHex(Samples.secret(1).reveal());

    assertThat(Samples.secret(1).toString()).doesNotContain(hex).isEqualTo("Secret[***]");
    assertThat(Samples.key().toString()).isEqualTo("AgentKey[key-1, ***]");
    assertThat(Samples.key().content().toString()).isEqualTo("MacKey[***]");
    assertThat(Samples.key().content().sign(MESSAGE).toString()).isEqualTo("MacTag");
  }

  private static byte[] hmac(byte[] key, byte[] message) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(message);
  }
}
