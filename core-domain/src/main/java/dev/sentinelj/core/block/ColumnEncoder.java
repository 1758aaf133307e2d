package dev.sentinelj.core.block;

/** Writes column after column, each in the kind that makes it smallest. One block, one encoder. */
final class ColumnEncoder {
  private final Columns columns;
  private final BlockOutput out;
  private final int rows;
  private final double[] values;
  private final long[] wholes;
  private int count;

  ColumnEncoder(Columns columns, BlockOutput out) {
    this.columns = columns;
    this.out = out;
    this.rows = columns.rows();
    this.values = new double[rows];
    this.wholes = new long[rows];
  }

  void writeAll() {
    for (int column = 0; column < columns.series(); column++) {
      write(column);
    }
  }

  private void write(int column) {
    gather(column);
    if (count == 0) {
      out.u8(0);
      return;
    }
    int scale = Decimals.wholes(values, count, wholes);
    if (constant()) {
      writeConstant(column, scale);
    } else if (scale != Decimals.NONE && scaledBytes() <= XorValues.bytes(values, count)) {
      writeScaled(column, scale);
    } else {
      head(column, BlockCodec.KIND_XOR, 0);
      XorValues.write(out, values, count);
    }
  }

  private void gather(int column) {
    int found = 0;
    for (int row = 0; row < rows; row++) {
      if (columns.present(column, row)) {
        values[found++] = columns.value(column, row);
      }
    }
    count = found;
  }

  private boolean constant() {
    long first = Double.doubleToRawLongBits(values[0]);
    for (int i = 1; i < count; i++) {
      if (Double.doubleToRawLongBits(values[i]) != first) {
        return false;
      }
    }
    return true;
  }

  private void writeConstant(int column, int scale) {
    if (scale == Decimals.NONE) {
      head(column, BlockCodec.KIND_CONSTANT, 0);
      out.i64(Double.doubleToRawLongBits(values[0]));
    } else {
      // At most 8 bytes too: a whole number of 54 bits with its sign.
      head(column, BlockCodec.KIND_SCALED_CONSTANT, scale);
      out.zigzag(wholes[0]);
    }
  }

  private int scaledBytes() {
    int bytes = 0;
    long last = 0;
    for (int i = 0; i < count; i++) {
      bytes += BlockOutput.varintLength(BlockOutput.toZigzag(wholes[i] - last));
      last = wholes[i];
    }
    return bytes;
  }

  private void writeScaled(int column, int scale) {
    head(column, BlockCodec.KIND_SCALED, scale);
    long last = 0;
    for (int i = 0; i < count; i++) {
      out.zigzag(wholes[i] - last);
      last = wholes[i];
    }
  }

  private void head(int column, int kind, int scale) {
    int presence = count == rows ? BlockCodec.PRESENT_ALL : BlockCodec.PRESENT_BITMAP;
    out.u8(presence << 6 | kind << 4 | scale);
    if (presence == BlockCodec.PRESENT_BITMAP) {
      writeBitmap(column);
    }
  }

  private void writeBitmap(int column) {
    for (int first = 0; first < rows; first += 8) {
      int bits = 0;
      for (int row = first; row < Math.min(rows, first + 8); row++) {
        bits |= columns.present(column, row) ? 1 << (row - first) : 0;
      }
      out.u8(bits);
    }
  }
}
