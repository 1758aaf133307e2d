package dev.sentinelj.adapters.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.signing.KeyId;
import dev.sentinelj.core.signing.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileAgentIdentityTest {
  private static final Secret SECRET = Secret.random(new SplittableRandom(3));
  private static final FileAgentIdentity.Identity IDENTITY =
      new FileAgentIdentity.Identity(
          new AgentId("web-1"), new KeyId("k1"), SECRET, "localhost:7443");

  @TempDir private Path temp;

  private Path file;
  private FileAgentIdentity identity;

  @BeforeEach
  void open() {
    file = temp.resolve("agent/identity");
    identity = new FileAgentIdentity(file, vault("vault"));
  }

  private TinkSecretVault vault(String name) {
    return TinkSecretVault.open(temp.resolve(name), Optional.empty());
  }

  @Test
  void load_beforeAnythingWasSaved_isEmpty() {
    assertThat(identity.load()).isEmpty();
  }

  @Test
  void load_givesWhatWasSavedLast() throws IOException {
    identity.save(IDENTITY);

    FileAgentIdentity.Identity loaded =
        new FileAgentIdentity(file, vault("vault")).load().orElseThrow();

    assertThat(loaded.agent()).isEqualTo(IDENTITY.agent());
    assertThat(loaded.key()).isEqualTo(IDENTITY.key());
    assertThat(loaded.server()).isEqualTo("localhost:7443");
    assertThat(loaded.secret().reveal()).isEqualTo(SECRET.reveal());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void load_withAnotherVault_isRefused() {
    identity.save(IDENTITY);

    assertThatThrownBy(() -> new FileAgentIdentity(file, vault("other")).load())
        .isInstanceOf(UnusablePathException.class)
        .hasMessageContaining("sealed with another key");
  }

  @Test
  void load_ofADamagedFile_namesIt() throws IOException {
    identity.save(IDENTITY);
    Files.writeString(file, Files.readString(file).replace("web-1", "WEB 1"));

    assertThatThrownBy(() -> identity.load())
        .isInstanceOf(UnusablePathException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("damaged");
  }

  @Test
  void clusterKey_isMadeOnceAndKeptSealed() throws IOException {
    Path key = temp.resolve("cluster.key");

    Secret made = FileClusterKey.openOrCreate(key, vault("vault"), new SplittableRandom(1));
    Secret again = FileClusterKey.openOrCreate(key, vault("vault"), new SplittableRandom(2));

    assertThat(again.reveal()).isEqualTo(made.reveal());
    assertThat(new String(Files.readAllBytes(key), StandardCharsets.ISO_8859_1))
        .doesNotContain(new String(made.reveal(), StandardCharsets.ISO_8859_1));
    assertThatThrownBy(
            () -> FileClusterKey.openOrCreate(key, vault("other"), new SplittableRandom(2)))
        .isInstanceOf(UnusablePathException.class);
  }
}
