package dev.sentinelj.core.block;

import dev.sentinelj.core.wire.MalformedException;

/** Reads column after column into a builder. One block, one decoder. */
final class ColumnDecoder {
  private final Columns.Builder columns;
  private final int rows;
  private final BlockInput in;

  /** The rows of the present cells of the column at hand, ascending. */
  private final int[] presentRows;

  private final double[] values;
  private int count;

  ColumnDecoder(Columns.Builder columns, int rows, BlockInput in) {
    this.columns = columns;
    this.rows = rows;
    this.in = in;
    this.presentRows = new int[rows];
    this.values = new double[rows];
  }

  void readAll(int series) {
    for (int column = 0; column < series; column++) {
      read(column);
    }
  }

  private void read(int column) {
    int head = in.u8("column");
    if (head == 0) {
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
      default -> XorValues.read(in, values, count);
    }
    for (int i = 0; i < count; i++) {
      columns.set(column, presentRows[i], values[i]);
    }
  }

  private void readPresence(int presence) {
    switch (presence) {
      case BlockCodec.PRESENT_ALL -> {
        for (int row = 0; row < rows; row++) {
          presentRows[row] = row;
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
        presentRows[found++] = first + Integer.numberOfTrailingZeros(bits);
      }
    }
    if (found == 0 || found == rows) {
      throw new MalformedException("a bitmap of all or nothing");
    }
    count = found;
  }

  private void fill(double value) {
    for (int i = 0; i < count; i++) {
      values[i] = value;
    }
  }

  private void readScaled(int scale) {
    long last = 0;
    for (int i = 0; i < count; i++) {
      last = whole(last + in.zigzag("value"));
      values[i] = Decimals.value(last, scale);
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
