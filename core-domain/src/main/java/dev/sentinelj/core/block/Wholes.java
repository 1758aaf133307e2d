package dev.sentinelj.core.block;

import dev.sentinelj.core.wire.MalformedException;

/**
 * A list of whole numbers, |n| at most 2^53: the first as a zigzag, the others as differences in
 * the form that {@link BlockCodec} lays out, packed into the width of the widest or as zigzags of
 * their own, whichever is shorter.
 */
final class Wholes {
  private Wholes() {}

  /** How many bytes {@link #write} would write. */
  static int bytes(long[] wholes, int count) {
    int first = BlockOutput.varintLength(BlockOutput.toZigzag(wholes[0]));
    return count == 1 ? first : first + 1 + Math.min(packed(wholes, count), loose(wholes, count));
  }

  static void write(BlockOutput out, long[] wholes, int count) {
    out.zigzag(wholes[0]);
    if (count == 1) {
      return;
    }
    if (loose(wholes, count) < packed(wholes, count)) {
      out.u8(BlockCodec.LOOSE);
      for (int i = 1; i < count; i++) {
        out.zigzag(wholes[i] - wholes[i - 1]);
      }
      return;
    }
    int width = width(wholes, count);
    out.u8(width);
    for (int i = 1; i < count && width > 0; i++) {
      out.bits(BlockOutput.toZigzag(wholes[i] - wholes[i - 1]), width);
    }
    out.flushBits();
  }

  static void read(BlockInput in, long[] wholes, int count) {
    long last = checked(in.zigzag("value"));
    wholes[0] = last;
    if (count == 1) {
      return;
    }
    int width = readWidth(in);
    for (int i = 1; i < count; i++) {
      last = checked(last + difference(in, width));
      wholes[i] = last;
    }
    in.endBits();
  }

  /** Reads as {@link #read} does, keeps nothing, and refuses a number below {@code least}. */
  static void check(BlockInput in, int count, long least) {
    long smallest = checked(in.zigzag("value"));
    int width = count == 1 ? 0 : readWidth(in);
    long last = smallest;
    for (int i = 1; i < count && width > 0; i++) { // of width 0 all are equal
      last = checked(last + difference(in, width));
      smallest = Math.min(smallest, last);
    }
    in.endBits();
    if (smallest < least) {
      throw new MalformedException("a number below " + least);
    }
  }

  private static int readWidth(BlockInput in) {
    int width = in.u8("width");
    if (width > Long.SIZE && width != BlockCodec.LOOSE) {
      throw new MalformedException("a width of more than 64 bits");
    }
    return width;
  }

  private static long difference(BlockInput in, int width) {
    return switch (width) {
      case 0 -> 0;
      case BlockCodec.LOOSE -> in.zigzag("value");
      default -> BlockInput.fromZigzag(in.bits(width));
    };
  }

  private static long checked(long whole) {
    if (whole < -Units.MAX_WHOLE || whole > Units.MAX_WHOLE) {
      throw new MalformedException("a whole number that is not exact");
    }
    return whole;
  }

  private static int packed(long[] wholes, int count) {
    return (int) (((long) width(wholes, count) * (count - 1) + 7) / Byte.SIZE);
  }

  private static int loose(long[] wholes, int count) {
    int bytes = 0;
    for (int i = 1; i < count; i++) {
      bytes += BlockOutput.varintLength(BlockOutput.toZigzag(wholes[i] - wholes[i - 1]));
    }
    return bytes;
  }

  private static int width(long[] wholes, int count) {
    long all = 0;
    for (int i = 1; i < count; i++) {
      all |= BlockOutput.toZigzag(wholes[i] - wholes[i - 1]);
    }
    return Long.SIZE - Long.numberOfLeadingZeros(all);
  }
}
