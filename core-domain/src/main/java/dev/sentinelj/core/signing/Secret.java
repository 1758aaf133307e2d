package dev.sentinelj.core.signing;

import java.util.random.RandomGenerator;

/** Key material of an agent: 32 random bytes from which every working key is derived. */
public final class Secret {
  public static final int BYTES = 32;

  private final byte[] bytes;

  private Secret(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * @throws IllegalArgumentException unless {@code bytes} is 32 bytes long
   */
  public static Secret of(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("a secret has 32 bytes, not " + bytes.length);
    }
    return new Secret(bytes.clone());
  }

  /** A new secret. {@code random} must be cryptographically strong outside tests. */
  public static Secret random(RandomGenerator random) {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    return new Secret(bytes);
  }

  /** A copy for whoever encrypts it for keeping or hands it to its owner. */
  public byte[] reveal() {
    return bytes.clone();
  }

  @Override
  public String toString() {
    return "Secret[***]";
  }
}
