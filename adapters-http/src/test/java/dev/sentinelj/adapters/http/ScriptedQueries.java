package dev.sentinelj.adapters.http;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.metric.Series;
import dev.sentinelj.core.progress.Balance;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.MetricQueries;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Answers with a few fixed rows and notes what it was asked. */
final class ScriptedQueries implements MetricQueries {
  static final Series CPU = Series.gauge("system.cpu.utilization", "1", Map.of("cpu.mode", "user"));

  /** The only agent of which there is anything. */
  static final AgentId WITH_DATA = new AgentId("web-1");

  final List<RangeQuery> asked = new ArrayList<>();
  final List<String> prefixes = new ArrayList<>();
  volatile boolean down;
  volatile double value = 0.25;

  @Override
  public List<Latest> latest(AgentId agent, String namePrefix, long sinceMillis, int limit) {
    check();
    prefixes.add(namePrefix + "@" + sinceMillis + "#" + limit);
    return !agent.equals(WITH_DATA) ? List.of() : List.of(new Latest(CPU, TestServer.START, value));
  }

  @Override
  public List<RangeSeries> range(RangeQuery query) {
    check();
    asked.add(query);
    if (!query.agent().equals(WITH_DATA)) {
      return List.of();
    }
    return List.of(
        new RangeSeries(
            CPU,
            List.of(
                new Point(TestServer.START - 10_000, 0.125),
                new Point(TestServer.START - 5_000, Double.NaN),
                new Point(TestServer.START, value)),
            true));
  }

  @Override
  public List<EpochBalance> balance(AgentId agent) {
    check();
    return List.of(new EpochBalance(0xBEEFL, 7, true, new Balance(100, 90, 5, 2, 1), false, true));
  }

  @Override
  public String describe() {
    check();
    return "scripted";
  }

  private void check() {
    if (down) {
      throw new PortUnavailableException("scripted: secret-host:5432 refused");
    }
  }
}
