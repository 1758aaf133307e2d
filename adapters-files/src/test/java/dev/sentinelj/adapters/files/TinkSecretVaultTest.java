package dev.sentinelj.adapters.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sentinelj.ports.driven.SecretVault;
import dev.sentinelj.testkit.SecretVaultContract;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TinkSecretVaultTest extends SecretVaultContract {
  private static final byte[] PLAIN = "secret".getBytes(StandardCharsets.UTF_8);

  @TempDir private Path temp;

  @Override
  protected SecretVault vault() {
    return open("one", Optional.empty());
  }

  @Override
  protected SecretVault otherVault() {
    return open("other", Optional.empty());
  }

  private SecretVault open(String name, Optional<String> passphrase) {
    return TinkSecretVault.open(temp.resolve(name), passphrase);
  }

  @Test
  void files_areForTheirOwnerOnly() throws IOException {
    vault();

    assertThat(mode("one")).isEqualTo("rwx------");
    assertThat(mode("one/vault.key")).isEqualTo("rw-------");
    assertThat(mode("one/vault.keyset")).isEqualTo("rw-------");
  }

  @Test
  void open_withAKeyFileOthersMayRead_saysTheCommandThatMendsIt() throws IOException {
    vault();
    Path key = temp.resolve("one/vault.key");
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r-----"));

    assertThatThrownBy(this::vault)
        .isInstanceOf(UnusablePathException.class)
        .hasMessageContaining("chmod 600 " + key);
  }

  @Test
  void open_withTheSamePassphrase_readsWhatWasSealed() {
    byte[] sealed = open("pass", Optional.of("correct horse")).seal(PLAIN, "c");

    assertThat(open("pass", Optional.of("correct horse")).open(sealed, "c")).isEqualTo(PLAIN);
    assertThat(temp.resolve("pass/vault.key")).doesNotExist();
  }

  @Test
  void open_withAnotherPassphraseOrNone_isRefused() {
    open("pass", Optional.of("correct horse"));

    assertThatThrownBy(() -> open("pass", Optional.of("battery staple")))
        .isInstanceOf(UnusablePathException.class)
        .hasMessageContaining("cannot be opened with the passphrase");
    assertThatThrownBy(() -> open("pass", Optional.empty()))
        .isInstanceOf(UnusablePathException.class)
        .hasMessageContaining("set SENTINEL_PASSPHRASE");
  }

  @Test
  void open_ofAKeyFileVaultWithAPassphrase_isRefused() {
    vault();

    assertThatThrownBy(() -> open("one", Optional.of("x")))
        .isInstanceOf(UnusablePathException.class)
        .hasMessageContaining("unset SENTINEL_PASSPHRASE");
  }

  @Test
  void open_withoutItsKeyFile_neverMakesAnother() throws IOException {
    vault();
    Files.delete(temp.resolve("one/vault.key"));

    assertThatThrownBy(this::vault)
        .isInstanceOf(UnusablePathException.class)
        .hasMessageContaining("vault.key is missing");
    assertThat(temp.resolve("one/vault.key")).doesNotExist();
  }

  private String mode(String name) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(temp.resolve(name)));
  }
}
