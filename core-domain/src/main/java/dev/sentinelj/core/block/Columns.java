package dev.sentinelj.core.block;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Objects;

/**
 * Samples of one series set as columns: one row per time stamp, one column per series of the set,
 * some cells missing. Immutable; a present cell may hold any double, NaN included.
 */
public final class Columns {
  private final long[] times;
  private final int series;
  private final double[] values;
  private final BitSet present;

  private Columns(long[] times, int series, double[] values, BitSet present) {
    this.times = times;
    this.series = series;
    this.values = values;
    this.present = present;
  }

  public int rows() {
    return times.length;
  }

  public int series() {
    return series;
  }

  /** Milliseconds since the Unix epoch of {@code row}. */
  public long timeMillis(int row) {
    return times[row];
  }

  public boolean present(int column, int row) {
    return present.get(cell(column, row));
  }

  /** The value of a present cell; unspecified for a missing one. */
  public double value(int column, int row) {
    return values[cell(column, row)];
  }

  /** How many cells are present. */
  public int samples() {
    return present.cardinality();
  }

  /** The least time of a row; 0 without rows. */
  public long leastTimeMillis() {
    return Arrays.stream(times).min().orElse(0);
  }

  /** The greatest time of a row; 0 without rows. */
  public long greatestTimeMillis() {
    return Arrays.stream(times).max().orElse(0);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Columns that
        && series == that.series
        && Arrays.equals(times, that.times)
        && present.equals(that.present)
        && sameValues(that);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(times) + present.hashCode();
  }

  @Override
  public String toString() {
    return "Columns[" + rows() + " rows of " + series + " series, " + samples() + " samples]";
  }

  private boolean sameValues(Columns that) {
    return present.stream()
        .allMatch(i ->
            Double.doubleToRawLongBits(values[i]) == Double.doubleToRawLongBits(that.values[i]));
  }

  private int cell(int column, int row) {
    return Objects.checkIndex(column, series) * times.length
        + Objects.checkIndex(row, times.length);
  }

  /** Fills columns cell by cell. */
  public static final class Builder {
    private final long[] times;
    private final int series;
    private final double[] values;
    private final BitSet present;

    /**
     * @param times time stamp of each row, in any order, copied
     * @throws IllegalArgumentException when there are no rows or no series
     */
    public Builder(int series, long... times) {
      if (series < 1 || times.length < 1) {
        throw new IllegalArgumentException("columns need a row and a series");
      }
      this.times = times.clone();
      this.series = series;
      this.values = new double[Math.multiplyExact(series, times.length)];
      this.present = new BitSet(values.length);
    }

    public Builder set(int column, int row, double value) {
      int cell =
          Objects.checkIndex(column, series) * times.length + Objects.checkIndex(row, times.length);
      values[cell] = value;
      present.set(cell);
      return this;
    }

    /** Hands over what was filled; the builder is not used again. */
    public Columns build() {
      return new Columns(times, series, values, present);
    }
  }
}
