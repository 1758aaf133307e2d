package dev.sentinelj.ports.driven;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.metric.Series;
import dev.sentinelj.core.progress.Balance;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * Reads back what was stored. Calls block; they throw {@link
 * dev.sentinelj.ports.PortUnavailableException} when the store does not answer. Thread safe.
 */
public interface MetricQueries {

  /**
   * Series by name, then labels (pair by pair: key, then value; whoever runs out first comes
   * first), then type and unit; texts by their UTF-16 code units.
   */
  Comparator<Series> BY_NAME_AND_LABELS =
      Comparator.comparing(Series::name)
          .thenComparing(Series::labels, MetricQueries::compareLabels)
          .thenComparing(Series::type)
          .thenComparing(Series::unit);

  private static int compareLabels(
      SortedMap<String, String> left, SortedMap<String, String> right) {
    Iterator<Map.Entry<String, String>> mine = left.entrySet().iterator();
    Iterator<Map.Entry<String, String>> other = right.entrySet().iterator();
    while (mine.hasNext() && other.hasNext()) {
      int order =
          Map.Entry.<String, String>comparingByKey()
              .thenComparing(Map.Entry.comparingByValue())
              .compare(mine.next(), other.next());
      if (order != 0) {
        return order;
      }
    }
    return Boolean.compare(mine.hasNext(), other.hasNext());
  }

  /**
   * The newest sample of each series of an agent whose name starts with {@code namePrefix}, taken
   * at or after {@code sinceMillis}; in the order {@link #BY_NAME_AND_LABELS}. At most {@code
   * limit}, from the first on. Of several samples of one time, any.
   */
  List<Latest> latest(AgentId agent, String namePrefix, long sinceMillis, int limit);

  record Latest(Series series, long timeMillis, double value) {}

  /**
   * Samples with {@code fromMillis <= time < toMillis} of the series that match, as one list of
   * points per series, each ascending in time; series in the order {@link #BY_NAME_AND_LABELS}. A
   * series without a sample there is left out.
   */
  List<RangeSeries> range(RangeQuery query);

  /**
   * @param name exact metric name
   * @param labels the labels a series must have, all of them, with these values
   * @param stepMillis 0: samples as they are; else the mean of each step, stamped with its start,
   *     steps counted from the Unix epoch; empty steps are left out. The first and last step hold
   *     only what lies within from and to, so the first stamp may be before {@code fromMillis}
   * @param maxSeries at most so many series, and
   * @param maxPoints at most so many points in all; beyond that the answer is cut and says so
   */
  record RangeQuery(
      AgentId agent,
      String name,
      Map<String, String> labels,
      long fromMillis,
      long toMillis,
      long stepMillis,
      int maxSeries,
      int maxPoints) {
    public RangeQuery {
      if (stepMillis < 0 || maxSeries < 1 || maxPoints < 1) {
        throw new IllegalArgumentException(
            "a step of at least 0 and limits of at least 1 are needed");
      }
    }
  }

  /**
   * @param cut something that matches is missing behind this: points of this series, which then has
   *     its oldest ones, or whole series. True at most for the last of an answer
   */
  record RangeSeries(Series series, List<Point> points, boolean cut) {
    public RangeSeries {
      points = List.copyOf(points);
    }
  }

  record Point(long timeMillis, double value) {}

  /**
   * The balance of each epoch of an agent that the store has heard of; the one it heard of last
   * comes first.
   */
  List<EpochBalance> balance(AgentId agent);

  /**
   * @param through see {@code EpochProgress}
   * @param gaps whether seqs above {@code through} are committed, so that those between are not yet
   */
  record EpochBalance(
      long epoch, long through, boolean gaps, Balance balance, boolean closed, boolean forked) {

    /** Samples below the greatest committed seq whose batches did not come yet. */
    public long inFlight() {
      return gaps ? Math.max(0, balance.unaccounted()) : 0;
    }

    /** What nothing explains, not even {@link #inFlight()}. */
    public long unaccounted() {
      return balance.unaccounted() - inFlight();
    }
  }

  /** One line about what runs below: product, version, extensions. Also proves that it answers. */
  String describe();
}
