package dev.sentinelj.runners.runtime;

import dev.sentinelj.ports.driving.ServerStatus;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

/** The counters of a process and of its Java machine in Prometheus' text format. Thread safe. */
public final class PrometheusText implements AutoCloseable {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics collections = new JvmGcMetrics();
  private final ServerStatus status;

  public PrometheusText(ServerStatus status) {
    this.status = status;
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    collections.bindTo(registry);
  }

  public String scrape() {
    ServerStatus.Report report = status.report();
    report.counters().keySet().forEach(this::register);
    report.parts().forEach(part -> registerPart(part.name()));
    return registry.scrape();
  }

  @Override
  public void close() {
    collections.close();
    registry.close();
  }

  /** Registering the same name again keeps the first. */
  private void register(String name) {
    FunctionCounter.builder(
            "sentinel." + name, status, source -> source.report().counters().getOrDefault(name, 0L))
        .register(registry);
  }

  private void registerPart(String name) {
    Gauge.builder("sentinel.part.ready", status, source -> ready(source, name))
        .tag("part", name)
        .register(registry);
  }

  private static double ready(ServerStatus status, String name) {
    return status.report().parts().stream()
            .anyMatch(part -> part.name().equals(name) && part.ready())
        ? 1
        : 0;
  }
}
