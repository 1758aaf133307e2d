package dev.sentinelj.core.wal;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The first {@value #BYTES} bytes of a segment.
 *
 * <p>Layout, big-endian: i32 magic {@code SJSG}, u16 version, u16 zero, i64 epoch, i64 number, i64
 * base seq, i64 base samples, 16 bytes zero, i32 CRC32C of all before it, 4 bytes zero. Magic,
 * version and CRC stand where they are in every later version.
 *
 * @param version of the layout of header and records
 * @param epoch random number of the log
 * @param number of the segment within the log, from 1, never given out twice
 * @param baseSeq no record of an earlier segment with this seq or a greater one counts
 * @param baseSamples running sample count before the first record
 */
public record SegmentHeader(int version, long epoch, long number, long baseSeq, long baseSamples) {
  public static final int BYTES = 64;
  public static final int VERSION = 1;
  private static final int MAGIC = 0x534A5347;
  private static final int CRC_AT = 56;

  /** A header of this build's version. */
  public static SegmentHeader of(long epoch, long number, long baseSeq, long baseSamples) {
    return new SegmentHeader(VERSION, epoch, number, baseSeq, baseSamples);
  }

  public byte[] toBytes() {
    ByteBuffer out = ByteBuffer.allocate(BYTES);
    out.putInt(MAGIC).putShort((short) version).putShort((short) 0);
    out.putLong(epoch).putLong(number).putLong(baseSeq).putLong(baseSamples);
    out.putInt(CRC_AT, crc(out.array()));
    return out.array();
  }

  /** The header at the start of {@code segment}; empty when it is cut off or damaged. */
  public static Optional<SegmentHeader> parse(ByteBuffer segment) {
    if (segment.limit() < BYTES) {
      return Optional.empty();
    }
    byte[] bytes = new byte[BYTES];
    segment.get(0, bytes);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (in.getInt(0) != MAGIC || in.getInt(CRC_AT) != crc(bytes)) {
      return Optional.empty();
    }
    return Optional.of(
        new SegmentHeader(
            in.getShort(4) & 0xFFFF,
            in.getLong(8),
            in.getLong(16),
            in.getLong(24),
            in.getLong(32)));
  }

  private static int crc(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, CRC_AT);
    return (int) crc.getValue();
  }
}
