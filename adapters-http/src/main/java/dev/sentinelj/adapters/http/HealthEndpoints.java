package dev.sentinelj.adapters.http;

import dev.sentinelj.core.access.Role;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.MetricQueries;
import dev.sentinelj.ports.driving.ServerStatus;
import dev.sentinelj.ports.driving.ServerStatus.Report;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/** How this process is doing, for probes, scrapers and operators. */
final class HealthEndpoints {
  private final ServerStatus status;
  private final MetricQueries queries;
  private final Supplier<String> prometheus;

  HealthEndpoints(ServerStatus status, MetricQueries queries, Supplier<String> prometheus) {
    this.status = status;
    this.queries = queries;
    this.prometheus = prometheus;
  }

  List<Route> routes() {
    return List.of(
        Route.open("GET", "/healthz", call -> Reply.ok(Map.of("status", "ok"))),
        Route.open("GET", "/ready", this::ready),
        Route.open("GET", "/metrics", this::metrics),
        Route.of("GET", "/v1/status", Role.VIEWER, this::status));
  }

  record Ready(boolean ready, List<Part> parts) {}

  /**
   * @param detail left out for whoever has not logged in
   */
  record Part(String name, boolean ready, Optional<String> detail) {}

  private Reply ready(Call call) {
    Report report = status.report();
    boolean known = call.identity().principal().isPresent();
    return Reply.json(report.ready() ? 200 : 503, new Ready(report.ready(), parts(report, known)));
  }

  private Reply metrics(Call call) {
    return Reply.text("text/plain; version=0.0.4; charset=utf-8", prometheus.get());
  }

  record Status(List<Part> parts, Map<String, Long> counters, String store) {}

  private Reply status(Call call) {
    Report report = status.report();
    return Reply.ok(new Status(parts(report, true), new TreeMap<>(report.counters()), store()));
  }

  /** The rest of a status is worth most when the store is gone. */
  private String store() {
    try {
      return queries.describe();
    } catch (PortUnavailableException e) {
      return "does not answer";
    }
  }

  private static List<Part> parts(Report report, boolean withDetail) {
    return report.parts().stream()
        .map(part ->
            new Part(
                part.name(),
                part.ready(),
                withDetail ? Optional.of(part.detail()) : Optional.empty()))
        .toList();
  }
}
