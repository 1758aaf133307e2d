package dev.sentinelj.core.signing;

import dev.sentinelj.core.wire.MalformedException;
import java.security.MessageDigest;

/**
 * A message authentication code of 32 bytes. Comparing takes the same time wherever they differ.
 */
public final class MacTag {
  public static final int BYTES = 32;

  private final byte[] bytes;

  private MacTag(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * @throws MalformedException unless {@code bytes} is 32 bytes long
   */
  public static MacTag of(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new MalformedException("a MAC has 32 bytes, not " + bytes.length);
    }
    return new MacTag(bytes.clone());
  }

  public byte[] toBytes() {
    return bytes.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof MacTag tag && MessageDigest.isEqual(bytes, tag.bytes);
  }

  /** Constant: a hash of the bytes would tell where two of them differ. */
  @Override
  public int hashCode() {
    return BYTES;
  }

  @Override
  public String toString() {
    return "MacTag";
  }
}
