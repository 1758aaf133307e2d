package dev.sentinelj.core.block;

import dev.sentinelj.core.wire.MalformedException;

/**
 * Reads column after column, to keep their values or only to see whether they can be read. One
 * block, one decoder.
 */
final class ColumnDecoder {
  private final BlockInput in;
  private final int rows;

  /** All ones, or 0 when nothing is kept: then every index is 0. */
  private final int mask;

  /** The rows of the present cells of the column at hand, ascending. */
  private final int[] presentRows;

  private final double[] values;
  private int count;

  private ColumnDecoder(BlockInput in, int rows, boolean keeps) {
    this.in = in;
    this.rows = rows;
    this.mask = keeps ? -1 : 0;
    this.presentRows = new int[keeps ? rows : 1];
    this.values = new double[keeps ? rows : 1];
  }

  /** Reads {@code series} columns of {@code rows} cells into {@code columns}. */
  static void read(BlockInput in, int rows, int series, Columns.Builder columns) {
    ColumnDecoder decoder = new ColumnDecoder(in, rows, true);
    for (int column = 0; column < series; column++) {
      decoder.readColumn();
      for (int i = 0; i < decoder.count; i++) {
        columns.set(column, decoder.presentRows[i], decoder.values[i]);
      }
    }
  }

  /** Reads as {@link #read} does and keeps nothing, whatever the columns claim to hold. */
  static void check(BlockInput in, int rows, int series) {
    ColumnDecoder decoder = new ColumnDecoder(in, rows, false);
    for (int column = 0; column < series; column++) {
      decoder.readColumn();
    }
  }

  private void readColumn() {
    int head = in.u8("column");
    if (head == 0) {
      count = 0;
      return;
    }
    readPresence(head >> 6);
    int kind = head >> 4 & 0x3;
    int scale = checkedScale(kind, head & 0xF);
    switch (kind) {
      case BlockCodec.KIND_CONSTANT -> fill(Double.longBitsToDouble(in.i64("constant")));
      case BlockCodec.KIND_SCALED_CONSTANT ->
          fill(Decimals.value(whole(in.zigzag("constant")), scale));
      case BlockCodec.KIND_SCALED -> readScaled(scale);
      default -> XorValues.read(in, values, count, mask);
    }
  }

  private void readPresence(int presence) {
    switch (presence) {
      case BlockCodec.PRESENT_ALL -> {
        for (int row = 0; row < rows; row++) {
          presentRows[row & mask] = row;
        }
        count = rows;
      }
      case BlockCodec.PRESENT_BITMAP -> readBitmap();
      default -> throw new MalformedException("unknown presence of a column");
    }
  }

  private void readBitmap() {
    int found = 0;
    for (int first = 0; first < rows; first += 8) {
      int bits = in.u8("bitmap");
      if (rows - first < 8 && bits >> (rows - first) != 0) {
        throw new MalformedException("a bitmap longer than the rows");
      }
      for (; bits != 0; bits &= bits - 1) {
        presentRows[found++ & mask] = first + Integer.numberOfTrailingZeros(bits);
      }
    }
    if (found == 0 || found == rows) {
      throw new MalformedException("a bitmap of all or nothing");
    }
    count = found;
  }

  private void fill(double value) {
    for (int i = 0; i < count; i++) {
      values[i & mask] = value;
    }
  }

  private void readScaled(int scale) {
    long last = 0;
    for (int i = 0; i < count; i++) {
      last = whole(last + in.zigzag("value"));
      values[i & mask] = Decimals.value(last, scale);
    }
  }

  private static long whole(long value) {
    if (value < -Decimals.MAX_WHOLE || value > Decimals.MAX_WHOLE) {
      throw new MalformedException("a scaled value that is not exact");
    }
    return value;
  }

  private static int checkedScale(int kind, int scale) {
    boolean scaled = kind == BlockCodec.KIND_SCALED_CONSTANT || kind == BlockCodec.KIND_SCALED;
    if (scale > (scaled ? Decimals.MAX_SCALE : 0)) {
      throw new MalformedException("a scale that the kind of column does not have");
    }
    return scale;
  }
}
