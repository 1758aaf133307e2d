package dev.sentinelj.core.digest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class Sha256Test {
  private static final String ABC =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  @Test
  void of_theExampleOfTheStandard_isItsValue() {
    assertThat(Sha256.of(ascii("abc")).toHex()).isEqualTo(ABC);
  }

  @Test
  void of_parts_isTheDigestOfTheirConcatenation() {
    assertThat(Sha256.of(ascii("a"), ascii(""), ascii("bc"))).isEqualTo(Sha256.of(ascii("abc")));
  }

  @Test
  void fromHex_toHexAndBytes_giveItBack() {
    Sha256 hash = Sha256.fromHex(ABC);

    assertThat(hash).hasToString(ABC);
    assertThat(Sha256.fromBytes(hash.toBytes())).isEqualTo(hash);
  }

  @Test
  void fromBytes_anotherLength_throws() {
    assertThatIllegalArgumentException().isThrownBy(() -> Sha256.fromBytes(new byte[31]));
    assertThatIllegalArgumentException().isThrownBy(() -> Sha256.fromBytes(new byte[33]));
    assertThatIllegalArgumentException().isThrownBy(() -> Sha256.fromHex("zz"));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
