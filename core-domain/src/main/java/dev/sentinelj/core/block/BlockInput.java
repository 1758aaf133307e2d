package dev.sentinelj.core.block;

import dev.sentinelj.core.wire.MalformedException;
import java.util.Arrays;

/** Bytes and bits of a block, read; nothing but {@link MalformedException} is thrown. */
final class BlockInput {
  private final byte[] bytes;
  private int at;
  private long pending;
  private int pendingBits;

  BlockInput(byte[] bytes) {
    this.bytes = bytes;
  }

  int u8(String field) {
    if (at == bytes.length) {
      throw new MalformedException("cut off in " + field);
    }
    return bytes[at++] & 0xFF;
  }

  long i64(String field) {
    long value = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      value = value << 8 | u8(field);
    }
    return value;
  }

  byte[] raw(int length, String field) {
    if (bytes.length - at < length) {
      throw new MalformedException("cut off in " + field);
    }
    at += length;
    return Arrays.copyOfRange(bytes, at - length, at);
  }

  /** A varint in its shortest form. */
  long varint(String field) {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int group = u8(field);
      value |= (long) (group & 0x7F) << shift;
      if ((group & 0x80) == 0) {
        if ((group == 0 && shift > 0) || (shift == 63 && group > 1)) {
          throw new MalformedException(field + " is not a number in its shortest form");
        }
        return value;
      }
    }
    throw new MalformedException(field + " is longer than a number");
  }

  long zigzag(String field) {
    return fromZigzag(varint(field));
  }

  static long fromZigzag(long word) {
    return (word >>> 1) ^ -(word & 1);
  }

  /**
   * A varint from 1 to {@code max}, of things of which a byte holds {@code perByte} at most; one
   * more than that may be there in part.
   */
  int count(String field, int max, int perByte) {
    long value = varint(field);
    if (value < 1 || value > max || value / perByte > bytes.length - at) {
      throw new MalformedException("not a number of " + field + " that fits");
    }
    return (int) value;
  }

  /** The next {@code count} bits, 1 to 64. */
  long bits(int count) {
    return count > 32 ? bits32(count - 32) << 32 | bits32(32) : bits32(count);
  }

  /** Ends a bit stream. */
  void endBits() {
    if ((pending & ((1L << pendingBits) - 1)) != 0) {
      throw new MalformedException("bits after the last value");
    }
    pending = 0;
    pendingBits = 0;
  }

  void end() {
    if (at != bytes.length) {
      throw new MalformedException(bytes.length - at + " bytes too many");
    }
  }

  private long bits32(int count) {
    while (pendingBits < count) {
      pending = pending << 8 | u8("bits");
      pendingBits += 8;
    }
    pendingBits -= count;
    return (pending >>> pendingBits) & ((1L << count) - 1);
  }
}
