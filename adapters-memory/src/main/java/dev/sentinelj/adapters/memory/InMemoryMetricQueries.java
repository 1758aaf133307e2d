package dev.sentinelj.adapters.memory;

import dev.sentinelj.adapters.memory.Rows.ProgressRow;
import dev.sentinelj.adapters.memory.Rows.SeriesKey;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.metric.Series;
import dev.sentinelj.core.progress.EpochProgress;
import dev.sentinelj.ports.driven.MetricQueries;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/** {@link MetricQueries} over an {@link InMemoryDatabase}. */
public final class InMemoryMetricQueries implements MetricQueries {
  private final InMemoryDatabase database;

  public InMemoryMetricQueries(InMemoryDatabase database) {
    this.database = database;
  }

  @Override
  public List<Latest> latest(AgentId agent, String namePrefix, long sinceMillis, int limit) {
    return database.call(
        "latest",
        () ->
            seriesOf(agent, series -> series.name().startsWith(namePrefix)).stream()
                .filter(one -> newest(one.samples()) >= sinceMillis)
                .limit(limit)
                .map(InMemoryMetricQueries::latestOf)
                .toList());
  }

  @Override
  public List<RangeSeries> range(RangeQuery query) {
    return database.call("range", () -> rangeNow(query));
  }

  @Override
  public List<EpochBalance> balance(AgentId agent) {
    return database.call(
        "balance",
        () ->
            database.progress.rows().values().stream()
                .filter(row -> row.progress().epoch().agent().equals(agent))
                .sorted(Comparator.comparingLong(ProgressRow::born).reversed())
                .map(row -> balanceOf(row.progress()))
                .toList());
  }

  @Override
  public String describe() {
    return database.call("describe", () -> "in memory, lost when the process ends");
  }

  private record Stored(Series series, SampleList samples) {}

  /** Series that have samples, in the order of answers. */
  private List<Stored> seriesOf(AgentId agent, Predicate<Series> wanted) {
    List<Stored> found = new ArrayList<>();
    database
        .series
        .rows()
        .forEach((key, id) -> {
          SampleList samples = database.samplesOf(id);
          if (matches(key, agent, wanted) && samples.size() > 0) {
            found.add(new Stored(key.series(), samples));
          }
        });
    return found;
  }

  private static boolean matches(SeriesKey key, AgentId agent, Predicate<Series> wanted) {
    return key.agent().equals(agent) && wanted.test(key.series());
  }

  private static long newest(SampleList samples) {
    return samples.timeMillis(samples.size() - 1);
  }

  private static Latest latestOf(Stored one) {
    SampleList samples = one.samples();
    return new Latest(one.series(), newest(samples), samples.value(samples.size() - 1));
  }

  private List<RangeSeries> rangeNow(RangeQuery query) {
    List<RangeSeries> whole =
        seriesOf(query.agent(), series -> matches(query, series)).stream()
            .map(one -> new RangeSeries(one.series(), points(one.samples(), query), false))
            .filter(one -> !one.points().isEmpty())
            .toList();
    return cut(whole, query);
  }

  private static boolean matches(RangeQuery query, Series series) {
    return series.name().equals(query.name())
        && series.labels().entrySet().containsAll(query.labels().entrySet());
  }

  private static List<Point> points(SampleList samples, RangeQuery query) {
    int from = samples.firstAtOrAfter(query.fromMillis());
    int to = samples.firstAtOrAfter(query.toMillis());
    List<Point> points = new ArrayList<>();
    int i = from;
    while (i < to) {
      int next = query.stepMillis() == 0 ? i + 1 : endOfStep(samples, i, to, query.stepMillis());
      points.add(mean(samples, i, next, query.stepMillis()));
      i = next;
    }
    return points;
  }

  private static int endOfStep(SampleList samples, int from, int to, long stepMillis) {
    long step = Math.floorDiv(samples.timeMillis(from), stepMillis);
    return Math.min(to, samples.firstAtOrAfter((step + 1) * stepMillis));
  }

  private static Point mean(SampleList samples, int from, int to, long stepMillis) {
    long first = samples.timeMillis(from);
    long stamp = stepMillis == 0 ? first : Math.floorDiv(first, stepMillis) * stepMillis;
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += samples.value(i);
    }
    return new Point(stamp, sum / (to - from));
  }

  private static List<RangeSeries> cut(List<RangeSeries> whole, RangeQuery query) {
    List<RangeSeries> answer = new ArrayList<>();
    int room = query.maxPoints();
    for (int i = 0; i < whole.size() && i < query.maxSeries() && room > 0; i++) {
      RangeSeries one = whole.get(i);
      List<Point> fitting = one.points().subList(0, Math.min(room, one.points().size()));
      room -= fitting.size();
      answer.add(new RangeSeries(one.series(), fitting, fitting.size() < one.points().size()));
    }
    if (answer.size() < whole.size()) {
      RangeSeries last = answer.removeLast();
      answer.add(new RangeSeries(last.series(), last.points(), true));
    }
    return answer;
  }

  private static EpochBalance balanceOf(EpochProgress progress) {
    return new EpochBalance(
        progress.epoch().epoch(),
        progress.through(),
        !progress.above().isEmpty(),
        progress.balance(),
        progress.closed(),
        progress.forked());
  }
}
