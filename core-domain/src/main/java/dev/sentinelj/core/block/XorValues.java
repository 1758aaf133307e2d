package dev.sentinelj.core.block;

import dev.sentinelj.core.wire.MalformedException;

/**
 * The value compression of Gorilla (Pelkonen et al., PVLDB 8(12), 2015, section 4.1.2), as {@link
 * BlockCodec} lays it out.
 */
final class XorValues {
  private static final int WINDOW_BITS = 6 + 6;
  private static final int HEAD_BITS = 2 + WINDOW_BITS;

  private XorValues() {}

  /** How many bytes {@link #write} would write. */
  static int bytes(double[] values, int count) {
    long bits = Long.SIZE;
    long last = Double.doubleToRawLongBits(values[0]);
    int leading = Long.SIZE;
    int length = 0;
    for (int i = 1; i < count; i++) {
      long word = Double.doubleToRawLongBits(values[i]);
      long xor = word ^ last;
      last = word;
      if (xor == 0) {
        bits++;
      } else if (fits(xor, leading, length)) {
        bits += 2 + length;
      } else {
        leading = Long.numberOfLeadingZeros(xor);
        length = Long.SIZE - leading - Long.numberOfTrailingZeros(xor);
        bits += HEAD_BITS + length;
      }
    }
    return (int) ((bits + 7) / 8);
  }

  static void write(BlockOutput out, double[] values, int count) {
    long last = Double.doubleToRawLongBits(values[0]);
    out.bits(last, Long.SIZE);
    int leading = Long.SIZE;
    int length = 0;
    for (int i = 1; i < count; i++) {
      long word = Double.doubleToRawLongBits(values[i]);
      long xor = word ^ last;
      last = word;
      if (xor == 0) {
        out.bits(0, 1);
      } else if (fits(xor, leading, length)) {
        out.bits(0b10, 2);
        out.bits(xor >>> (Long.SIZE - leading - length), length);
      } else {
        leading = Long.numberOfLeadingZeros(xor);
        length = Long.SIZE - leading - Long.numberOfTrailingZeros(xor);
        out.bits((0b11L << 6 | leading) << 6 | (length - 1), HEAD_BITS);
        out.bits(xor >>> (Long.SIZE - leading - length), length);
      }
    }
    out.flushBits();
  }

  /** Reads {@code count} values to their index AND {@code mask}. */
  static void read(BlockInput in, double[] values, int count, int mask) {
    long last = in.bits(Long.SIZE);
    values[0] = Double.longBitsToDouble(last);
    int length = 0;
    int trailing = 0;
    for (int i = 1; i < count; i++) {
      if (in.bits(1) != 0) {
        if (in.bits(1) != 0) {
          int leading = (int) in.bits(6);
          length = (int) in.bits(6) + 1;
          trailing = Long.SIZE - leading - length;
        }
        if (length == 0 || trailing < 0) {
          throw new MalformedException("a window outside the value");
        }
        last ^= in.bits(length) << trailing;
      }
      values[i & mask] = Double.longBitsToDouble(last);
    }
    in.endBits();
  }

  /* Within the window, and not so small in it that a window of its own costs less. */
  private static boolean fits(long xor, int leading, int length) {
    int ownLeading = Long.numberOfLeadingZeros(xor);
    int ownTrailing = Long.numberOfTrailingZeros(xor);
    return ownLeading >= leading
        && ownTrailing >= Long.SIZE - leading - length
        && length - (Long.SIZE - ownLeading - ownTrailing) <= WINDOW_BITS;
  }
}
