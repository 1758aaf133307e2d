package dev.sentinelj.core.block;

import dev.sentinelj.core.wire.MalformedException;
import java.util.Arrays;

/** Reads column after column into a builder. One block, one decoder. */
final class ColumnDecoder {
  private final Columns.Builder columns;
  private final int rows;
  private final BlockInput in;

  /** The rows of the present cells of the column at hand, ascending. */
  private final int[] presentRows;

  private final double[] values;
  private final long[] wholes;
  private int count;

  private int lastBinary = BlockCodec.FIRST_BINARY;
  private int lastDecimal = BlockCodec.FIRST_DECIMAL;

  /** By row; 0 where the last column that announced some had nothing. */
  private final long[] denominators;

  ColumnDecoder(Columns.Builder columns, int rows, BlockInput in) {
    this.columns = columns;
    this.rows = rows;
    this.in = in;
    this.presentRows = new int[rows];
    this.values = new double[rows];
    this.wholes = new long[rows];
    this.denominators = new long[rows];
  }

  void readAll(int series) {
    ColumnForms forms = ColumnForms.read(in, series);
    for (int column = 0; column < series; column++) {
      read(column, forms.of(column));
    }
  }

  private void read(int column, int form) {
    if (form == BlockCodec.NOTHING) {
      return;
    }
    boolean bitmap = form != BlockCodec.ZERO && (form & BlockCodec.BITMAP) != 0;
    readPresence(bitmap);
    if (form == BlockCodec.ZERO) {
      Arrays.fill(values, 0);
    } else {
      readValues(bitmap ? form - BlockCodec.BITMAP : form);
    }
    for (int i = 0; i < count; i++) {
      columns.set(column, presentRows[i], values[i]);
    }
  }

  private void readPresence(boolean bitmap) {
    if (bitmap) {
      readBitmap();
      return;
    }
    for (int row = 0; row < rows; row++) {
      presentRows[row] = row;
    }
    count = rows;
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

  private void readValues(int form) {
    switch (form) {
      case BlockCodec.WHOLE -> readInUnit(Units.WHOLE);
      case BlockCodec.LAST_BINARY -> readInUnit(lastBinary);
      case BlockCodec.LAST_DECIMAL -> readInUnit(lastDecimal);
      case BlockCodec.NEW_UNIT -> readInUnit(newUnit());
      case BlockCodec.LAST_DENOMINATORS -> readQuotients();
      case BlockCodec.NEW_DENOMINATORS -> {
        readDenominators();
        readQuotients();
      }
      default -> XorValues.read(in, values, count, -1); // the one form that is left
    }
  }

  private int newUnit() {
    int unit = in.u8("unit");
    if (!Units.known(unit)) {
      throw new MalformedException("unknown unit of a column");
    }
    if (Units.binary(unit)) {
      lastBinary = unit;
    } else {
      lastDecimal = unit;
    }
    return unit;
  }

  private void readInUnit(int unit) {
    Wholes.read(in, wholes, count);
    for (int i = 0; i < count; i++) {
      values[i] = Units.value(wholes[i], unit);
    }
  }

  private void readDenominators() {
    Wholes.read(in, wholes, count);
    Arrays.fill(denominators, 0);
    for (int i = 0; i < count; i++) {
      denominators[presentRows[i]] = wholes[i];
    }
  }

  private void readQuotients() {
    Wholes.read(in, wholes, count);
    for (int i = 0; i < count; i++) {
      long denominator = denominators[presentRows[i]];
      if (denominator < 1) {
        throw new MalformedException("a quotient without a denominator");
      }
      values[i] = (double) wholes[i] / denominator;
    }
  }
}
