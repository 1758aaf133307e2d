package dev.sentinelj.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sentinelj.ports.driven.SecretVault;
import dev.sentinelj.ports.driven.SecretVault.UnreadableSecretException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What every {@link SecretVault} must do. */
public abstract class SecretVaultContract {
  private static final byte[] PLAIN =
      "thirty-two bytes of a secret key".getBytes(StandardCharsets.UTF_8);

  /** The vault under test, the same within one test. */
  protected abstract SecretVault vault();

  /** A vault with another key. */
  protected abstract SecretVault otherVault();

  @Test
  void open_whatWasSealedUnderTheSameContext_givesItBack() {
    byte[] sealed = vault().seal(PLAIN, "agent:a/k");

    assertThat(vault().open(sealed, "agent:a/k")).isEqualTo(PLAIN);
  }

  @Test
  void seal_ofNothing_canBeOpened() {
    byte[] sealed = vault().seal(new byte[0], "empty");

    assertThat(vault().open(sealed, "empty")).isEmpty();
  }

  @Test
  void seal_twice_givesDifferentBytes() {
    assertThat(vault().seal(PLAIN, "c")).isNotEqualTo(vault().seal(PLAIN, "c"));
  }

  @Test
  void seal_hidesThePlainText() {
    String sealed = new String(vault().seal(PLAIN, "c"), StandardCharsets.ISO_8859_1);

    assertThat(sealed).doesNotContain("secret").doesNotContain("thirty");
  }

  @Test
  void open_underAnotherContext_isRefused() {
    byte[] sealed = vault().seal(PLAIN, "agent:a/k");

    assertThatThrownBy(() -> vault().open(sealed, "agent:b/k"))
        .isInstanceOf(UnreadableSecretException.class)
        .hasMessageContaining("agent:b/k");
  }

  @Test
  void open_byAnotherVault_isRefused() {
    byte[] sealed = vault().seal(PLAIN, "c");

    assertThatThrownBy(() -> otherVault().open(sealed, "c"))
        .isInstanceOf(UnreadableSecretException.class);
  }

  @Test
  void open_withAnyByteChanged_isRefused() {
    byte[] sealed = vault().seal(PLAIN, "c");

    for (int i = 0; i < sealed.length; i++) {
      byte[] changed = sealed.clone();
      changed[i] ^= 1;
      assertThatThrownBy(() -> vault().open(changed, "c"))
          .as("byte %d", i)
          .isInstanceOf(UnreadableSecretException.class);
    }
  }

  @Test
  void open_cutOff_isRefused() {
    byte[] sealed = vault().seal(PLAIN, "c");

    for (int length = 0; length < sealed.length; length++) {
      byte[] cut = Arrays.copyOf(sealed, length);
      assertThatThrownBy(() -> vault().open(cut, "c"))
          .as("length %d", length)
          .isInstanceOf(UnreadableSecretException.class);
    }
  }
}
