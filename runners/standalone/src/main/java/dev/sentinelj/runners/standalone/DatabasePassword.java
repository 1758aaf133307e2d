package dev.sentinelj.runners.standalone;

import dev.sentinelj.adapters.files.FileClusterKey;
import dev.sentinelj.core.access.Password;
import dev.sentinelj.core.signing.Secret;
import dev.sentinelj.ports.driven.SecretVault;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/** The password of the embedded database: made once, kept sealed, never shown. */
final class DatabasePassword {
  private DatabasePassword() {}

  static String of(Home home, SecretVault vault, RandomGenerator random) {
    Secret secret = FileClusterKey.openOrCreate(file(home), vault, random);
    return Password.digest(HexFormat.of().formatHex(secret.reveal()));
  }

  static Path file(Home home) {
    return home.keys().resolve("database");
  }
}
