package dev.sentinelj.core.wire;

import dev.sentinelj.core.digest.Sha256;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes the fixed binary form: integers big-endian, text and short byte strings behind an unsigned
 * 16-bit length, long ones behind a 32-bit length. Every field has one encoding only.
 */
public final class WireWriter {
  private final ByteArrayOutputStream out;

  public WireWriter(int expectedBytes) {
    this.out = new ByteArrayOutputStream(expectedBytes);
  }

  /** Starts a message: its domain string, then the version of its layout. */
  public static WireWriter message(String domain, int version, int expectedBytes) {
    return new WireWriter(expectedBytes).text(domain).u8(version);
  }

  public WireWriter u8(int value) {
    out.write(checked(value, 0xFF));
    return this;
  }

  public WireWriter u16(int value) {
    checked(value, 0xFFFF);
    out.write(value >>> 8);
    out.write(value);
    return this;
  }

  public WireWriter i32(int value) {
    u16(value >>> 16);
    return u16(value & 0xFFFF);
  }

  public WireWriter i64(long value) {
    i32((int) (value >>> 32));
    return i32((int) value);
  }

  public WireWriter f64(double value) {
    return i64(Double.doubleToRawLongBits(value));
  }

  /**
   * UTF-8 behind a 16-bit length.
   *
   * @throws IllegalArgumentException when it is longer than 65,535 bytes
   */
  public WireWriter text(String value) {
    return shortBytes(value.getBytes(StandardCharsets.UTF_8));
  }

  /** Bytes behind a 16-bit length. */
  public WireWriter shortBytes(byte[] value) {
    return u16(value.length).raw(value);
  }

  /** Bytes behind a 32-bit length. */
  public WireWriter longBytes(byte[] value) {
    return i32(value.length).raw(value);
  }

  public WireWriter hash(Sha256 value) {
    return raw(value.toBytes());
  }

  /** Bytes of a length the reader knows. */
  public WireWriter raw(byte[] value) {
    out.writeBytes(value);
    return this;
  }

  public byte[] toBytes() {
    return out.toByteArray();
  }

  private static int checked(int value, int max) {
    if (value < 0 || value > max) {
      throw new IllegalArgumentException("out of range 0.." + max + ": " + value);
    }
    return value;
  }
}
