package dev.sentinelj.ports.driven;

import dev.sentinelj.core.block.Block;
import dev.sentinelj.core.block.Columns;
import dev.sentinelj.core.metric.SeriesSet;

/** Something that can be asked for the current values of a list of series. */
public interface MetricSource {

  /**
   * Short name in the form of an agent id ({@code cpu}, {@code filesystem}), fixed for its life.
   */
  String name();

  /**
   * The current values, stamped {@code nowMillis}. May block up to the deadline its caller sets by
   * interrupting the thread; answers an interrupt within a second. Called by one thread at a time.
   *
   * @throws RuntimeException when nothing can be read now; the next call may succeed
   */
  Reading read(long nowMillis);

  /**
   * @param set what the columns are about; the same object as before while nothing changed
   * @param columns one row or more; a value that could not be read is missing, never made up
   */
  record Reading(SeriesSet set, Columns columns) {
    public Reading {
      if (columns.series() != set.size()) {
        throw new IllegalArgumentException(
            set.size() + " series but " + columns.series() + " columns");
      }
    }

    public Block block() {
      return new Block(set.hash(), columns);
    }
  }
}
