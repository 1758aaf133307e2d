package dev.sentinelj.core.wire;

import dev.sentinelj.core.digest.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Reads what {@link WireWriter} wrote. Never allocates more than the bytes it was given, and throws
 * nothing but {@link MalformedException} whatever those bytes are.
 */
public final class WireReader {
  private final ByteBuffer in;

  public WireReader(byte[] bytes) {
    this.in = ByteBuffer.wrap(bytes);
  }

  public WireReader(ByteBuffer bytes) {
    this.in = bytes.slice();
  }

  /**
   * Reads the start of a message and returns the version of its layout. Domain strings are ASCII.
   *
   * @throws MalformedException when the bytes start with another domain string
   */
  public int message(String domain) {
    int length = u16("domain");
    boolean same = length == domain.length();
    need(length, "domain");
    for (int i = 0; i < length && same; i++) {
      same = in.get() == domain.charAt(i);
    }
    if (!same) {
      throw new MalformedException("not a " + domain + " message");
    }
    return u8("version");
  }

  public int u8(String field) {
    return need(1, field).get() & 0xFF;
  }

  public int u16(String field) {
    return need(2, field).getShort() & 0xFFFF;
  }

  public int i32(String field) {
    return need(4, field).getInt();
  }

  public long i64(String field) {
    return need(8, field).getLong();
  }

  public double f64(String field) {
    return Double.longBitsToDouble(i64(field));
  }

  public String text(String field) {
    return text(field, 0xFFFF);
  }

  /**
   * UTF-8 behind a 16-bit length of at most {@code maxBytes}: decoding takes several times the
   * bytes, so the limit of the field is checked before.
   */
  public String text(String field, int maxBytes) {
    int length = u16(field);
    if (length > maxBytes) {
      throw new MalformedException(field + " is longer than " + maxBytes + " bytes");
    }
    byte[] bytes = raw(length, field);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new MalformedException(field + " is not UTF-8", e);
    }
  }

  public byte[] shortBytes(String field) {
    return raw(u16(field), field);
  }

  public byte[] longBytes(String field) {
    return raw(i32(field), field);
  }

  public Sha256 hash(String field) {
    return Sha256.fromBytes(raw(Sha256.BYTES, field));
  }

  public byte[] raw(int length, String field) {
    if (length < 0) {
      throw new MalformedException(field + " has a negative length");
    }
    need(length, field);
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }

  public int remaining() {
    return in.remaining();
  }

  /**
   * @throws MalformedException when bytes are left over
   */
  public void end() {
    if (in.hasRemaining()) {
      throw new MalformedException(in.remaining() + " bytes too many");
    }
  }

  private ByteBuffer need(int bytes, String field) {
    if (in.remaining() < bytes) {
      throw new MalformedException("cut off in " + field);
    }
    return in;
  }
}
