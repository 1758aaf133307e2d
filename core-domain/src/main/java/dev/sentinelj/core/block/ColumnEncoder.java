package dev.sentinelj.core.block;

import java.util.Arrays;

/**
 * Writes column after column, each in the form that makes it smallest: first the form of each, then
 * what they hold. One block, one encoder.
 *
 * <p>Longer than most files because the forms compete in one choice, on the same arrays.
 */
final class ColumnEncoder {
  /** Columns behind one with new denominators that are asked whether they can share them. */
  private static final int LOOK_AHEAD = 16;

  /** Denominators are shared when the common one is at most so many times the greater. */
  private static final int SHARED_GROWTH = 8;

  /** Bytes below which no form that announces something can come. */
  private static final int CHEAP = 2;

  private final Columns columns;
  private final BlockOutput out;
  private final int rows;
  private final int[] forms;
  private final double[] values;
  private final int[] presentRows;
  private final Quotients quotients;
  private long[] wholes;
  private long[] best;
  private int count;

  private int bestForm;
  private int bestUnit;
  private int bestBytes;
  private int lastBinary = BlockCodec.FIRST_BINARY;
  private int lastDecimal = BlockCodec.FIRST_DECIMAL;

  /** By row; 0 where the last column that announced some had nothing. */
  private long[] denominators;

  private long[] newDenominators;

  ColumnEncoder(Columns columns) {
    this.columns = columns;
    this.rows = columns.rows();
    this.out = new BlockOutput(16 + 2 * columns.samples());
    this.forms = new int[columns.series()];
    this.values = new double[rows];
    this.presentRows = new int[rows];
    this.quotients = new Quotients(rows);
    this.wholes = new long[rows];
    this.best = new long[rows];
    this.denominators = new long[rows];
    this.newDenominators = new long[rows];
  }

  void writeAll(BlockOutput block) {
    for (int column = 0; column < columns.series(); column++) {
      gather(column);
      forms[column] = write(column);
    }
    ColumnForms.write(block, forms);
    block.raw(out.toBytes());
  }

  private void gather(int column) {
    int found = 0;
    for (int row = 0; row < rows; row++) {
      if (columns.present(column, row)) {
        presentRows[found] = row;
        values[found++] = columns.value(column, row);
      }
    }
    count = found;
  }

  private int write(int column) {
    if (count == 0) {
      return BlockCodec.NOTHING;
    }
    if (count == rows && allZero()) {
      return BlockCodec.ZERO;
    }
    choose(column);
    if (count < rows) {
      writeBitmap(column);
    }
    writeChosen();
    return count < rows ? bestForm | BlockCodec.BITMAP : bestForm;
  }

  private boolean allZero() {
    for (int i = 0; i < count; i++) {
      if (Double.doubleToRawLongBits(values[i]) != 0) {
        return false;
      }
    }
    return true;
  }

  private void choose(int column) {
    bestForm = BlockCodec.XOR;
    bestBytes = XorValues.bytes(values, count);
    tryUnit(BlockCodec.WHOLE, Units.WHOLE, 0);
    boolean whole = bestForm == BlockCodec.WHOLE;
    tryUnit(BlockCodec.LAST_BINARY, lastBinary, 0);
    tryUnit(BlockCodec.LAST_DECIMAL, lastDecimal, 0);
    if (bestBytes <= CHEAP) {
      return;
    }
    tryUnit(BlockCodec.NEW_UNIT, Units.binary(values, count), 1);
    if (!whole) {
      tryUnit(BlockCodec.NEW_UNIT, Units.decimal(values, count), 1);
      tryQuotients(column);
    }
  }

  private void tryUnit(int form, int unit, int overhead) {
    if (unit != Units.NONE && Units.wholes(values, count, unit, wholes)) {
      offer(form, unit, overhead);
    }
  }

  private void tryQuotients(int column) {
    if (!quotients.find(values, count)) {
      return;
    }
    tryLastDenominators();
    System.arraycopy(quotients.numerators, 0, wholes, 0, count);
    if (Wholes.bytes(wholes, count) < bestBytes) { // else no denominators come for less
      tryNewDenominators(column);
    }
  }

  private void tryLastDenominators() {
    for (int i = 0; i < count; i++) {
      long denominator = denominators[presentRows[i]];
      if (denominator == 0 || !numerator(i, denominator)) {
        return;
      }
    }
    offer(BlockCodec.LAST_DENOMINATORS, Units.NONE, 0);
  }

  private void tryNewDenominators(int column) {
    Arrays.fill(newDenominators, 0);
    for (int i = 0; i < count; i++) {
      newDenominators[presentRows[i]] = quotients.denominators[i];
    }
    int sharers = 1 + shareWithNext(column);
    quotients.find(values, count); // the columns behind were looked at meanwhile
    gatherDenominators();
    int overhead = (Wholes.bytes(wholes, count) + sharers - 1) / sharers;
    for (int i = 0; i < count; i++) {
      if (!numerator(i, newDenominators[presentRows[i]])) {
        return;
      }
    }
    offer(BlockCodec.NEW_DENOMINATORS, Units.NONE, overhead);
  }

  /** The new denominators of the rows at hand, into {@link #wholes}. */
  private void gatherDenominators() {
    for (int i = 0; i < count; i++) {
      wholes[i] = newDenominators[presentRows[i]];
    }
  }

  /** The numerator over {@code denominator}, if there is one, into {@link #wholes}. */
  private boolean numerator(int i, long denominator) {
    long factor = denominator / quotients.denominators[i];
    wholes[i] = quotients.numerators[i] * factor;
    return denominator % quotients.denominators[i] == 0
        && Math.abs(quotients.numerators[i]) <= Units.MAX_WHOLE / factor;
  }

  /**
   * Enlarges the new denominators so that the columns behind can use them too, up to the first that
   * is of another kind; whole numbers between do not count.
   *
   * @return how many can
   */
  private int shareWithNext(int column) {
    int sharers = 0;
    int end = Math.min(columns.series(), column + 1 + LOOK_AHEAD);
    for (int next = column + 1; next < end; next++) {
      gather(next);
      if (count == 0 || Units.wholes(values, count, Units.WHOLE, wholes)) {
        continue;
      }
      if (!quotients.find(values, count) || !shared()) {
        break;
      }
      sharers++;
    }
    gather(column);
    return sharers;
  }

  private boolean shared() {
    System.arraycopy(newDenominators, 0, wholes, 0, rows);
    for (int i = 0; i < count; i++) {
      long mine = wholes[presentRows[i]];
      long others = quotients.denominators[i];
      long common = mine == 0 ? 0 : Quotients.common(mine, others);
      if (common == 0 || common > SHARED_GROWTH * Math.max(mine, others)) {
        return false;
      }
      wholes[presentRows[i]] = common;
    }
    System.arraycopy(wholes, 0, newDenominators, 0, rows);
    return true;
  }

  private void offer(int form, int unit, int overhead) {
    int bytes = overhead + Wholes.bytes(wholes, count);
    if (bytes < bestBytes) {
      bestForm = form;
      bestUnit = unit;
      bestBytes = bytes;
      long[] spare = best;
      best = wholes;
      wholes = spare;
    }
  }

  private void writeChosen() {
    switch (bestForm) {
      case BlockCodec.XOR -> XorValues.write(out, values, count);
      case BlockCodec.NEW_UNIT -> {
        out.u8(bestUnit);
        lastBinary = Units.binary(bestUnit) ? bestUnit : lastBinary;
        lastDecimal = Units.binary(bestUnit) ? lastDecimal : bestUnit;
        Wholes.write(out, best, count);
      }
      case BlockCodec.NEW_DENOMINATORS -> {
        gatherDenominators();
        Wholes.write(out, wholes, count);
        announce();
        Wholes.write(out, best, count);
      }
      default -> Wholes.write(out, best, count);
    }
  }

  private void announce() {
    Arrays.fill(denominators, 0);
    for (int i = 0; i < count; i++) {
      denominators[presentRows[i]] = newDenominators[presentRows[i]];
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
