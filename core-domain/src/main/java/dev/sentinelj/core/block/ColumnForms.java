package dev.sentinelj.core.block;

import dev.sentinelj.core.wire.MalformedException;

/** The form of each column, as {@link BlockCodec} lays them out: two in a byte. */
final class ColumnForms {
  private final byte[] packed;

  private ColumnForms(byte[] packed) {
    this.packed = packed;
  }

  static ColumnForms read(BlockInput in, int series) {
    byte[] packed = in.raw((series + 1) / 2, "forms");
    ColumnForms forms = new ColumnForms(packed);
    if (series % 2 != 0 && forms.of(series) != 0) {
      throw new MalformedException("a form behind the last column");
    }
    return forms;
  }

  static void write(BlockOutput out, int[] forms) {
    for (int column = 0; column < forms.length; column += 2) {
      int second = column + 1 < forms.length ? forms[column + 1] : 0;
      out.u8(forms[column] << BlockCodec.FORM_BITS | second);
    }
  }

  int of(int column) {
    int shift = column % 2 == 0 ? BlockCodec.FORM_BITS : 0;
    return packed[column / 2] >> shift & BlockCodec.FORM_MASK;
  }
}
