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
  private boolean brought;

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

  /** Whether no series is above the budget. */
  boolean whole() {
    return columns.length == set.size();
  }

  /** Whether its agent brought its definition: it may also have spelled the series out. */
  boolean brought() {
    return brought;
  }

  void noteBrought() {
    brought = true;
  }

  /** Whether it is time to {@link SeriesBudget#touch}. */
  boolean due(long nowMillis) {
    return nowMillis - touchedMillis > TOUCH_MILLIS;
  }

  void touched(long nowMillis) {
    touchedMillis = nowMillis;
  }
}
