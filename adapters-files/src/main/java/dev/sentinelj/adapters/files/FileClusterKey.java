package dev.sentinelj.adapters.files;

import dev.sentinelj.core.signing.Secret;
import dev.sentinelj.ports.driven.SecretVault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.random.RandomGenerator;

/** The secret behind the MAC of bus frames, sealed in a file of mode 0600. */
public final class FileClusterKey {
  private static final String CONTEXT = "cluster-key";

  private FileClusterKey() {}

  /**
   * The secret in {@code file}, which is made on first use.
   *
   * @param random must be cryptographically strong outside tests
   * @throws UnusablePathException when the file is damaged, open to others, or sealed by another
   *     vault
   */
  public static Secret openOrCreate(Path file, SecretVault vault, RandomGenerator random) {
    try {
      if (Files.exists(file)) {
        PrivateFiles.requireOwnerOnly(file);
        return Secret.of(vault.open(Files.readAllBytes(file), CONTEXT));
      }
      Secret made = Secret.random(random);
      AtomicFiles.createDirectory(AtomicFiles.directoryOf(file));
      AtomicFiles.write(file, vault.seal(made.reveal(), CONTEXT));
      return made;
    } catch (IOException e) {
      throw new UnusablePathException(file + " cannot be used: " + Reasons.of(e), e);
    } catch (SecretVault.UnreadableSecretException | IllegalArgumentException e) {
      throw new UnusablePathException(
          file + " is damaged or was sealed with another key: restore it from a backup", e);
    }
  }
}
