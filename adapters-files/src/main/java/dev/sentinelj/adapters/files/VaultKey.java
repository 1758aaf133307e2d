package dev.sentinelj.adapters.files;

import com.google.crypto.tink.AccessesPartialKey;
import com.google.crypto.tink.Aead;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.aead.AesGcmKey;
import com.google.crypto.tink.aead.AesGcmParameters;
import com.google.crypto.tink.util.SecretBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * The 32 bytes that open a vault's keyset: random in a file, or derived from a passphrase by
 * PBKDF2-HMAC-SHA256 (RFC 8018) with a random salt.
 */
final class VaultKey {
  static final String KEY_FILE = "vault.key";
  static final String SALT_FILE = "vault.salt";

  /** OWASP Password Storage Cheat Sheet, PBKDF2-HMAC-SHA256. */
  private static final int ITERATIONS = 600_000;

  /** More than this in a file is damage: it would stop the start for minutes. */
  private static final int MAX_ITERATIONS = 10_000_000;

  private static final int KEY_BYTES = 32;
  private static final int SALT_BYTES = 16;

  private final byte[] bytes;

  private VaultKey(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * @param isNew whether there is no keyset yet, so that a key may be made
   */
  static VaultKey of(Path directory, Optional<String> passphrase, boolean isNew)
      throws IOException, GeneralSecurityException {
    Path keyFile = directory.resolve(KEY_FILE);
    Path saltFile = directory.resolve(SALT_FILE);
    return passphrase.isPresent()
        ? fromPassphrase(keyFile, saltFile, passphrase.get(), isNew)
        : fromFile(keyFile, saltFile, isNew);
  }

  private static VaultKey fromFile(Path keyFile, Path saltFile, boolean isNew) throws IOException {
    if (Files.exists(keyFile)) {
      PrivateFiles.requireOwnerOnly(keyFile);
      return new VaultKey(hex(keyFile, Files.readString(keyFile).strip(), KEY_BYTES));
    }
    if (Files.exists(saltFile)) {
      throw new UnusablePathException(
          saltFile.getParent()
              + " is protected by a passphrase: set "
              + TinkSecretVault.PASSPHRASE_VARIABLE);
    }
    requireNew(keyFile, isNew);
    byte[] made = random(KEY_BYTES);
    String text = HexFormat.of().formatHex(made) + "\n";
    AtomicFiles.write(keyFile, text.getBytes(StandardCharsets.US_ASCII));
    return new VaultKey(made);
  }

  private static VaultKey fromPassphrase(
      Path keyFile, Path saltFile, String passphrase, boolean isNew)
      throws IOException, GeneralSecurityException {
    if (Files.exists(keyFile)) {
      throw new UnusablePathException(
          keyFile + " opens this vault: unset " + TinkSecretVault.PASSPHRASE_VARIABLE);
    }
    if (!Files.exists(saltFile)) {
      requireNew(saltFile, isNew);
      String text =
          "salt = "
              + HexFormat.of().formatHex(random(SALT_BYTES))
              + "\niterations = "
              + ITERATIONS
              + "\n";
      AtomicFiles.write(saltFile, text.getBytes(StandardCharsets.US_ASCII));
    }
    Map<String, String> values = ConfigFile.read(saltFile);
    byte[] salt = hex(saltFile, values.getOrDefault("salt", ""), SALT_BYTES);
    return new VaultKey(derive(passphrase, salt, iterations(saltFile, values)));
  }

  private static int iterations(Path saltFile, Map<String, String> values) {
    String value = values.getOrDefault("iterations", "");
    if (!value.matches("[1-9]\\d{3,7}") || Integer.parseInt(value) > MAX_ITERATIONS) {
      throw new UnusablePathException(saltFile + " is damaged: restore it from a backup");
    }
    return Integer.parseInt(value);
  }

  private static byte[] derive(String passphrase, byte[] salt, int iterations)
      throws GeneralSecurityException {
    PBEKeySpec spec = new PBEKeySpec(passphrase.toCharArray(), salt, iterations, 8 * KEY_BYTES);
    try {
      return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(spec).getEncoded();
    } finally {
      spec.clearPassword();
    }
  }

  private static void requireNew(Path missing, boolean isNew) {
    if (!isNew) {
      throw new UnusablePathException(
          missing
              + " is missing and the vault cannot be opened without it: restore it from a backup");
    }
  }

  private static byte[] hex(Path file, String text, int bytes) {
    if (!text.matches("[0-9a-f]{" + 2 * bytes + "}")) {
      throw new UnusablePathException(file + " is damaged: restore it from a backup");
    }
    return HexFormat.of().parseHex(text);
  }

  private static byte[] random(int bytes) {
    byte[] made = new byte[bytes];
    new SecureRandom().nextBytes(made);
    return made;
  }

  @AccessesPartialKey // a key from outside Tink is what opens the keyset
  Aead aead() throws GeneralSecurityException {
    AesGcmParameters parameters =
        AesGcmParameters.builder()
            .setKeySizeBytes(KEY_BYTES)
            .setIvSizeBytes(12)
            .setTagSizeBytes(16)
            .setVariant(AesGcmParameters.Variant.NO_PREFIX)
            .build();
    AesGcmKey key =
        AesGcmKey.builder()
            .setParameters(parameters)
            .setKeyBytes(SecretBytes.copyFrom(bytes, InsecureSecretKeyAccess.get()))
            .build();
    KeysetHandle handle =
        KeysetHandle.newBuilder()
            .addEntry(KeysetHandle.importKey(key).withRandomId().makePrimary())
            .build();
    return TinkSecretVault.aead(handle);
  }

  @Override
  public String toString() {
    return "VaultKey[***]";
  }
}
