package dev.sentinelj.application.worker;

import dev.sentinelj.core.metric.SeriesSet;

/**
 * A set of one agent with the ids of its series, found once and used for every batch. One owner.
 */
final class ResolvedSet {
  /** How often the budget hears that the series are in use. */
  private static final long TOUCH_MILLIS = 3_600_000;

  private final SeriesSet set;
  private final int[] columns;
  private final long[] ids;
  private long touchedMillis;

  /**
   * @param columns which columns have an id, ascending; the others are above the agent's budget
   * @param ids of those columns
   */
  ResolvedSet(SeriesSet set, int[] columns, long[] ids, long nowMillis) {
    this.set = set;
    this.columns = columns;
    this.ids = ids;
    this.touchedMillis = nowMillis;
  }

  SeriesSet set() {
    return set;
  }

  int[] columns() {
    return columns;
  }

  long[] ids() {
    return ids;
  }

  /** Whether it is time to {@link SeriesBudget#touch}. */
  boolean due(long nowMillis) {
    boolean due = nowMillis - touchedMillis > TOUCH_MILLIS;
    if (due) {
      touchedMillis = nowMillis;
    }
    return due;
  }
}
