package dev.sentinelj.application.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Protocol Buffers by hand, so that a message may also be what no generated class would write. */
final class ProtoBytes {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  ProtoBytes raw(byte... bytes) {
    out.writeBytes(bytes);
    return this;
  }

  ProtoBytes varint(long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      out.write((int) (rest | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
    return this;
  }

  /** A field that holds a number. */
  ProtoBytes number(int field, long value) {
    return varint((long) field << 3).varint(value);
  }

  /** A field that holds a double. */
  ProtoBytes real(int field, double value) {
    return varint((long) field << 3 | 1).bits(value);
  }

  /** The eight bytes of a double alone, as they stand in a packed field. */
  ProtoBytes bits(double value) {
    long rest = Double.doubleToRawLongBits(value);
    for (int i = 0; i < Long.BYTES; i++) {
      out.write((int) rest);
      rest >>>= Byte.SIZE;
    }
    return this;
  }

  /** A field that holds bytes or a message. */
  ProtoBytes bytes(int field, byte[] value) {
    return varint((long) field << 3 | 2).varint(value.length).raw(value);
  }

  ProtoBytes bytes(int field, ProtoBytes value) {
    return bytes(field, value.toBytes());
  }

  ProtoBytes text(int field, String value) {
    return bytes(field, value.getBytes(StandardCharsets.UTF_8));
  }

  /** An entry of a map of texts. */
  ProtoBytes entry(int field, String key, String value) {
    return bytes(field, new ProtoBytes().text(1, key).text(2, value));
  }

  byte[] toBytes() {
    return out.toByteArray();
  }
}
