package dev.sentinelj.adapters.files;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkProtoKeysetFormat;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import dev.sentinelj.ports.driven.SecretVault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Optional;

/**
 * Encrypts with Tink's AEAD (AES-256-GCM) under a keyset that lies encrypted in a directory; the
 * context is the associated data. What opens the keyset is a passphrase, or a random key in a file
 * of mode 0600 beside it, which protects against whoever gets at a copy of the data but not at that
 * file.
 */
public final class TinkSecretVault implements SecretVault {
  /** The environment variable that runners take the passphrase from. */
  public static final String PASSPHRASE_VARIABLE = "SENTINEL_PASSPHRASE";

  static final String KEYSET = "vault.keyset";
  private static final byte[] BOUND_TO = "sentinel/vault-keyset".getBytes(StandardCharsets.UTF_8);

  private final Aead aead;

  private TinkSecretVault(Aead aead) {
    this.aead = aead;
  }

  /**
   * The vault in {@code directory}; both are made on first use.
   *
   * @param passphrase what opens the keyset; empty for the key file
   * @throws UnusablePathException when a file is readable by others, missing or damaged, or the
   *     passphrase is wrong; the message says what to do
   */
  public static TinkSecretVault open(Path directory, Optional<String> passphrase) {
    try {
      AeadConfig.register();
      AtomicFiles.createDirectory(directory);
      Path keyset = directory.resolve(KEYSET);
      boolean isNew = !Files.exists(keyset);
      Aead opener = VaultKey.of(directory, passphrase, isNew).aead();
      KeysetHandle handle = isNew ? create(keyset, opener) : read(keyset, opener, passphrase);
      return new TinkSecretVault(aead(handle));
    } catch (IOException e) {
      throw new UnusablePathException(directory + " cannot be used: " + Reasons.of(e), e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java platform lacks AES-GCM or PBKDF2", e);
    }
  }

  private static KeysetHandle create(Path keyset, Aead opener)
      throws IOException, GeneralSecurityException {
    KeysetHandle handle =
        KeysetHandle.generateNew(PredefinedAeadParameters.AES256_GCM, RegistryConfiguration.get());
    byte[] encrypted =
        TinkProtoKeysetFormat.serializeEncryptedKeyset(
            handle, opener, BOUND_TO, RegistryConfiguration.get());
    AtomicFiles.write(keyset, encrypted);
    return handle;
  }

  private static KeysetHandle read(Path keyset, Aead opener, Optional<String> passphrase)
      throws IOException {
    PrivateFiles.requireOwnerOnly(keyset);
    try {
      return TinkProtoKeysetFormat.parseEncryptedKeyset(
          Files.readAllBytes(keyset), opener, BOUND_TO, RegistryConfiguration.get());
    } catch (GeneralSecurityException e) {
      String with =
          passphrase.isPresent() ? "the passphrase in " + PASSPHRASE_VARIABLE : "its key file";
      throw new UnusablePathException(
          keyset + " cannot be opened with " + with + ": give the one it was made with", e);
    }
  }

  static Aead aead(KeysetHandle handle) throws GeneralSecurityException {
    return handle.getPrimitive(RegistryConfiguration.get(), Aead.class);
  }

  @Override
  public byte[] seal(byte[] plain, String context) {
    try {
      return aead.encrypt(plain, context.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java platform cannot encrypt with AES-GCM", e);
    }
  }

  @Override
  public byte[] open(byte[] sealed, String context) {
    try {
      return aead.decrypt(sealed, context.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new UnreadableSecretException(context, e);
    }
  }

  @Override
  public String toString() {
    return "TinkSecretVault[***]";
  }
}
