package dev.sentinelj.adapters.http;

import dev.sentinelj.core.access.Role;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.metric.Series;
import dev.sentinelj.ports.driven.MetricQueries;
import dev.sentinelj.ports.driven.MetricQueries.Latest;
import dev.sentinelj.ports.driven.MetricQueries.RangeQuery;
import dev.sentinelj.ports.driven.MetricQueries.RangeSeries;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Values as they were stored. */
final class MetricEndpoints {
  private final MetricQueries queries;
  private final KnownAgents agents;

  MetricEndpoints(MetricQueries queries, KnownAgents agents) {
    this.queries = queries;
    this.agents = agents;
  }

  List<Route> routes() {
    return List.of(
        Route.of("GET", "/v1/metrics/agents/{id}/latest", Role.VIEWER, this::latest),
        Route.of("GET", "/v1/metrics/agents/{id}/range", Role.VIEWER, this::range));
  }

  record LatestValues(String agentId, List<Value> items) {}

  record Value(
      String name,
      String type,
      String unit,
      Map<String, String> labels,
      String time,
      double value) {}

  private Reply latest(Call call) {
    call.query("prefix", "since", "limit");
    AgentId agent = KnownAgents.inPath(call);
    long since = call.time("since", call.now().wallMillis() - HttpLimits.DEFAULT_SPAN.toMillis());
    int limit =
        call.integer("limit", 1, HttpLimits.MAX_LATEST_SERIES, HttpLimits.DEFAULT_LATEST_SERIES);
    String prefix = call.parameter("prefix").orElse("");
    List<Value> items =
        agents.orUnknown(agent, queries.latest(agent, prefix, since, limit)).stream()
            .filter(latest -> Double.isFinite(latest.value())) // JSON has no other numbers
            .map(MetricEndpoints::json)
            .toList();
    return Reply.ok(new LatestValues(agent.value(), items));
  }

  /**
   * @param step seconds
   */
  record RangeValues(
      String agentId, String name, String from, String to, long step, List<Points> items) {}

  /**
   * @param points pairs of time and value
   */
  record Points(
      String name,
      String type,
      String unit,
      Map<String, String> labels,
      List<List<Object>> points,
      boolean cut) {}

  private Reply range(Call call) {
    call.query("name", "from", "to", "step", "label.");
    AgentId agent = KnownAgents.inPath(call);
    String name =
        call.parameter("name")
            .filter(text -> !text.isEmpty() && text.length() <= Series.MAX_NAME)
            .orElseThrow(() -> Problem.badField("name", "name must be the name of a metric"));
    long to = call.time("to", call.now().wallMillis());
    long from = call.time("from", to - HttpLimits.DEFAULT_SPAN.toMillis());
    int step = call.integer("step", 0, HttpLimits.MAX_STEP_SECONDS, 0);
    checkSpan(from, to, step);
    RangeQuery query =
        new RangeQuery(
            agent,
            name,
            call.parametersUnder("label."),
            from,
            to,
            step * 1000L,
            HttpLimits.MAX_RANGE_SERIES,
            HttpLimits.MAX_RANGE_POINTS);
    List<Points> items =
        agents.orUnknown(agent, queries.range(query)).stream().map(MetricEndpoints::json).toList();
    return Reply.ok(
        new RangeValues(
            agent.value(), name, Timestamps.format(from), Timestamps.format(to), step, items));
  }

  private static void checkSpan(long from, long to, int step) {
    if (from >= to) {
      throw Problem.badField("from", "from must be before to");
    }
    if (to - from > HttpLimits.MAX_RANGE.toMillis()) {
      throw Problem.badField(
          "from",
          "the time between from and to may be " + HttpLimits.MAX_RANGE.toDays() + " days at most");
    }
    if (step > 0 && (to - from) / (step * 1000L) > HttpLimits.MAX_RANGE_POINTS) {
      throw Problem.badField(
          "step",
          "step gives more than " + HttpLimits.MAX_RANGE_POINTS + " points, use a longer one");
    }
  }

  private static Value json(Latest latest) {
    Series series = latest.series();
    return new Value(
        series.name(),
        type(series),
        series.unit(),
        series.labels(),
        Timestamps.format(latest.timeMillis()),
        latest.value());
  }

  private static Points json(RangeSeries range) {
    Series series = range.series();
    List<List<Object>> points =
        range.points().stream()
            .filter(point -> Double.isFinite(point.value()))
            .map(point -> List.<Object>of(Timestamps.format(point.timeMillis()), point.value()))
            .toList();
    return new Points(
        series.name(), type(series), series.unit(), series.labels(), points, range.cut());
  }

  private static String type(Series series) {
    return series.type().name().toLowerCase(Locale.ROOT);
  }
}
