package dev.sentinelj.core.wal;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Where a record stands in a segment.
 *
 * <p>Layout, big-endian: i32 magic {@code SJRC}, i32 payload length, u8 kind, 3 bytes zero, i64
 * seq, i32 durable mark, i32 CRC32C of the 24 bytes before it; the payload; i32 CRC32C of the
 * payload. The header has a CRC of its own so that a damaged payload leaves the way to the next
 * record.
 *
 * @param kind empty for a kind of a later build
 * @param seq 0 where the kind has none
 * @param durableMark up to which offset the segment was on the disk for good when this was written
 * @param offset of the record within the segment
 * @param payloadLength in bytes, at most {@value #MAX_PAYLOAD}
 */
public record RecordFrame(
    Optional<RecordKind> kind, long seq, int durableMark, int offset, int payloadLength) {
  public static final int HEADER_BYTES = 28;
  public static final int TRAILER_BYTES = 4;
  public static final int MAX_PAYLOAD = 64 << 20;
  private static final int MAGIC = 0x534A5243;
  private static final int CRC_AT = 24;

  /** How many bytes a record with such a payload takes. */
  public static int sizeOf(int payloadLength) {
    return HEADER_BYTES + payloadLength + TRAILER_BYTES;
  }

  /** The offset behind the record. */
  public int end() {
    return offset + sizeOf(payloadLength);
  }

  /**
   * Writes a record at the position of {@code out}.
   *
   * @throws IllegalArgumentException when {@code payload} is longer than {@value #MAX_PAYLOAD}
   */
  public static void write(
      ByteBuffer out, RecordKind kind, long seq, int durableMark, byte[] payload) {
    if (payload.length > MAX_PAYLOAD) {
      throw new IllegalArgumentException(
          "a record has at most " + MAX_PAYLOAD + " bytes, not " + payload.length);
    }
    int at = out.position();
    out.putInt(MAGIC).putInt(payload.length).putInt(kind.code() << 24);
    out.putLong(seq).putInt(durableMark);
    out.putInt(crc(out, at, CRC_AT));
    out.put(payload);
    out.putInt(crc(out, at + HEADER_BYTES, payload.length));
  }

  /**
   * The record whose header stands at {@code offset}; empty when there is no intact header or the
   * record does not fit into {@code segment}. The payload is not checked.
   */
  public static Optional<RecordFrame> at(ByteBuffer segment, int offset) {
    return headerAt(segment, offset).filter(record -> record.end() <= segment.limit());
  }

  /** As {@link #at}, but the record may reach beyond the end. */
  static Optional<RecordFrame> headerAt(ByteBuffer segment, int offset) {
    if (segment.limit() - offset < HEADER_BYTES || segment.getInt(offset) != MAGIC) {
      return Optional.empty();
    }
    int length = segment.getInt(offset + 4);
    boolean intact = segment.getInt(offset + CRC_AT) == crc(segment, offset, CRC_AT);
    if (!intact || length < 0 || length > MAX_PAYLOAD) {
      return Optional.empty();
    }
    return Optional.of(
        new RecordFrame(
            RecordKind.ofCode(segment.get(offset + 8) & 0xFF),
            segment.getLong(offset + 12),
            segment.getInt(offset + 20),
            offset,
            length));
  }

  /** A copy of the payload of the record at {@code offset}, if there is one that is intact. */
  public static Optional<byte[]> payloadAt(ByteBuffer segment, int offset) {
    return at(segment, offset)
        .filter(record -> record.payloadIntact(segment))
        .map(record -> record.payload(segment));
  }

  /** Whether the payload is what was written. */
  public boolean payloadIntact(ByteBuffer segment) {
    int from = offset + HEADER_BYTES;
    return segment.getInt(from + payloadLength) == crc(segment, from, payloadLength);
  }

  /** A copy of the payload. */
  public byte[] payload(ByteBuffer segment) {
    byte[] payload = new byte[payloadLength];
    segment.get(offset + HEADER_BYTES, payload);
    return payload;
  }

  private static int crc(ByteBuffer bytes, int from, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.slice(from, length));
    return (int) crc.getValue();
  }
}
