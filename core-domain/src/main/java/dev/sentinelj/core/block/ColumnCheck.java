package dev.sentinelj.core.block;

import dev.sentinelj.core.wire.MalformedException;
import java.util.Arrays;

/**
 * Reads column after column as {@link ColumnDecoder} does, to refuse what that would refuse, but
 * keeps two bits per row only. One block, one check.
 */
final class ColumnCheck {
  private final int rows;
  private final BlockInput in;

  /** The rows that the column at hand has, a bit each. */
  private final long[] here;

  /** The rows that have a denominator. */
  private final long[] denominated;

  private final double[] nowhere = new double[1];
  private int count;

  ColumnCheck(int rows, BlockInput in) {
    this.rows = rows;
    this.in = in;
    this.here = new long[(rows + Long.SIZE - 1) / Long.SIZE];
    this.denominated = new long[here.length];
  }

  void readAll(int series) {
    ColumnForms forms = ColumnForms.read(in, series);
    for (int column = 0; column < series; column++) {
      int form = forms.of(column);
      if (form != BlockCodec.NOTHING && form != BlockCodec.ZERO) {
        readPresence((form & BlockCodec.BITMAP) != 0);
        readValues(form & ~BlockCodec.BITMAP);
      }
    }
  }

  private void readPresence(boolean bitmap) {
    if (bitmap) {
      readBitmap();
      return;
    }
    Arrays.fill(here, -1L);
    here[here.length - 1] >>>= here.length * Long.SIZE - rows;
    count = rows;
  }

  private void readBitmap() {
    Arrays.fill(here, 0);
    count = 0;
    for (int first = 0; first < rows; first += Byte.SIZE) {
      int bits = in.u8("bitmap");
      if (rows - first < Byte.SIZE && bits >> (rows - first) != 0) {
        throw new MalformedException("a bitmap longer than the rows");
      }
      here[first / Long.SIZE] |= (long) bits << first % Long.SIZE;
      count += Integer.bitCount(bits);
    }
    if (count == 0 || count == rows) {
      throw new MalformedException("a bitmap of all or nothing");
    }
  }

  private void readValues(int form) {
    switch (form) {
      case BlockCodec.WHOLE, BlockCodec.LAST_BINARY, BlockCodec.LAST_DECIMAL -> readWholes();
      case BlockCodec.NEW_UNIT -> {
        if (!Units.known(in.u8("unit"))) {
          throw new MalformedException("unknown unit of a column");
        }
        readWholes();
      }
      case BlockCodec.NEW_DENOMINATORS -> {
        Wholes.check(in, count, 1);
        System.arraycopy(here, 0, denominated, 0, here.length);
        readWholes();
      }
      case BlockCodec.LAST_DENOMINATORS -> {
        checkDenominated();
        readWholes();
      }
      default -> XorValues.read(in, nowhere, count, 0); // the one form that is left
    }
  }

  private void readWholes() {
    Wholes.check(in, count, -Units.MAX_WHOLE);
  }

  private void checkDenominated() {
    for (int i = 0; i < here.length; i++) {
      if ((here[i] & ~denominated[i]) != 0) {
        throw new MalformedException("a quotient without a denominator");
      }
    }
  }
}
