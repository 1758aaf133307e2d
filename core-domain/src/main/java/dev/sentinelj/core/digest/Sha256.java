package dev.sentinelj.core.digest;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A SHA-256 value (FIPS 180-4) as four words, so that equality, hashing and use as a map key cost
 * no array. Not for comparing secrets: a message authentication code is a {@code MacTag}.
 */
public record Sha256(long word0, long word1, long word2, long word3) {
  public static final int BYTES = 32;

  /** Digest of the concatenation of {@code parts}. */
  public static Sha256 of(byte[]... parts) {
    MessageDigest digest = newDigest();
    for (byte[] part : parts) {
      digest.update(part);
    }
    return fromBytes(digest.digest());
  }

  /**
   * @throws IllegalArgumentException unless {@code bytes} is 32 bytes long
   */
  public static Sha256 fromBytes(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("a SHA-256 value has 32 bytes, not " + bytes.length);
    }
    ByteBuffer words = ByteBuffer.wrap(bytes);
    return new Sha256(words.getLong(), words.getLong(), words.getLong(), words.getLong());
  }

  /**
   * @throws IllegalArgumentException unless {@code hex} is 64 hexadecimal digits
   */
  public static Sha256 fromHex(String hex) {
    return fromBytes(HexFormat.of().parseHex(hex));
  }

  public byte[] toBytes() {
    return ByteBuffer.allocate(BYTES)
        .putLong(word0)
        .putLong(word1)
        .putLong(word2)
        .putLong(word3)
        .array();
  }

  /** 64 lower-case hexadecimal digits. */
  public String toHex() {
    return HexFormat.of().formatHex(toBytes());
  }

  @Override
  public String toString() {
    return toHex();
  }

  /** A fresh digest, for whoever feeds it piece by piece. */
  public static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
