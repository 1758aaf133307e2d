package dev.sentinelj.ports.driven;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.metric.Series;
import dev.sentinelj.core.progress.Balance;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads back what was stored. Calls block; they throw {@link
 * dev.sentinelj.ports.PortUnavailableException} when the store does not answer. Thread safe.
 */
public interface MetricQueries {

  /**
   * The newest sample of each series of an agent whose name starts with {@code namePrefix}, taken
   * at or after {@code sinceMillis}; by name, then labels. At most {@code limit}.
   */
  List<Latest> latest(AgentId agent, String namePrefix, long sinceMillis, int limit);

  record Latest(Series series, long timeMillis, double value) {}

  /**
   * Samples with {@code fromMillis <= time < toMillis} of the series that match, as one list of
   * points per series, each ascending in time; series by name, then labels.
   */
  List<RangeSeries> range(RangeQuery query);

  /**
   * @param name exact metric name
   * @param labels the labels a series must have, all of them, with these values
   * @param stepMillis 0: samples as they are; else the mean of each step, stamped with its start,
   *     steps counted from the Unix epoch; empty steps are left out
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
      int maxPoints) {}

  record RangeSeries(Series series, List<Point> points, boolean cut) {
    public RangeSeries {
      points = List.copyOf(points);
    }
  }

  record Point(long timeMillis, double value) {}

  /** The balance of each epoch of an agent that the store has heard of, newest epoch first. */
  List<EpochBalance> balance(AgentId agent);

  /**
   * @param through see {@code EpochProgress}
   */
  record EpochBalance(long epoch, long through, Balance balance, boolean closed, boolean forked) {}

  /** The newest rows kept aside, newest first, at most {@code limit}. */
  List<Quarantined> quarantined(Optional<AgentId> agent, int limit);

  record Quarantined(
      long id,
      Optional<String> agent,
      String reason,
      String detail,
      long receivedAtMillis,
      long samples) {}

  /** One line about what runs below: product, version, extensions. Also proves that it answers. */
  String describe();
}
