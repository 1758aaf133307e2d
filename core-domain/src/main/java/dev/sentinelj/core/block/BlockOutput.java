package dev.sentinelj.core.block;

import java.util.Arrays;

/** Bytes and bits of a block, written. */
final class BlockOutput {
  private byte[] bytes;
  private int length;
  private long pending;
  private int pendingBits;

  BlockOutput(int expectedBytes) {
    this.bytes = new byte[Math.max(16, expectedBytes)];
  }

  static int varintLength(long value) {
    return (Long.SIZE - Long.numberOfLeadingZeros(value | 1) + 6) / 7;
  }

  static long toZigzag(long value) {
    return (value << 1) ^ (value >> 63);
  }

  void u8(int value) {
    room(1);
    bytes[length++] = (byte) value;
  }

  void i64(long value) {
    for (int shift = 56; shift >= 0; shift -= 8) {
      u8((int) (value >>> shift));
    }
  }

  void raw(byte[] value) {
    room(value.length);
    System.arraycopy(value, 0, bytes, length, value.length);
    length += value.length;
  }

  void varint(long value) {
    room(10);
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      bytes[length++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[length++] = (byte) rest;
  }

  void zigzag(long value) {
    varint(toZigzag(value));
  }

  /** The low {@code count} bits of {@code value}, 1 to 64 of them; the others must be 0. */
  void bits(long value, int count) {
    if (count > 32) {
      bits32(value >>> 32, count - 32);
      bits32(value & 0xFFFF_FFFFL, 32);
    } else {
      bits32(value, count);
    }
  }

  /** Ends a bit stream: fills its last byte with zeros. */
  void flushBits() {
    if (pendingBits > 0) {
      u8((int) (pending << (8 - pendingBits)));
    }
    pending = 0;
    pendingBits = 0;
  }

  byte[] toBytes() {
    return Arrays.copyOf(bytes, length);
  }

  private void bits32(long value, int count) {
    room(5);
    pending = (pending << count) | value;
    pendingBits += count;
    while (pendingBits >= 8) {
      pendingBits -= 8;
      bytes[length++] = (byte) (pending >>> pendingBits);
    }
  }

  private void room(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
    }
  }
}
