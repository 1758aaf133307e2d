package dev.sentinelj.runners.runtime;

import dev.sentinelj.ports.driving.ServerStatus;
import dev.sentinelj.ports.driving.ServerStatus.Report;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The numbers of a process and of its Java machine in Prometheus' text format. Thread safe. */
public final class PrometheusText implements AutoCloseable {
  private static final String PREFIX = "sentinel.";

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics collections = new JvmGcMetrics();
  private final ServerStatus status;
  private final Set<String> numbers = new HashSet<>();
  private final Set<String> parts = new HashSet<>();
  private Report latest = new Report(List.of(), Map.of());

  public PrometheusText(ServerStatus status) {
    this.status = status;
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    collections.bindTo(registry);
  }

  /** All of one moment. */
  public synchronized String scrape() {
    latest = status.report();
    latest.counters().keySet().stream().filter(numbers::add).forEach(this::register);
    latest.parts().stream()
        .map(ServerStatus.Part::name)
        .filter(parts::add)
        .forEach(this::registerPart);
    return registry.scrape();
  }

  @Override
  public void close() {
    collections.close();
    registry.close();
  }

  private void register(String number) {
    Meaning meaning = Meaning.of(number);
    if (meaning.gauge()) {
      Gauge.builder(PREFIX + meaning.name(), () -> value(meaning))
          .description(meaning.help())
          .register(registry);
    } else {
      FunctionCounter.builder(PREFIX + meaning.name(), this, source -> source.value(meaning))
          .description(meaning.help())
          .register(registry);
    }
  }

  private void registerPart(String name) {
    Gauge.builder(PREFIX + "part.ready", () -> ready(name))
        .description("1 when the part works, else 0")
        .tag("part", name)
        .register(registry);
  }

  private synchronized double value(Meaning meaning) {
    return latest.counters().getOrDefault(meaning.number(), 0L) * meaning.factor();
  }

  private synchronized double ready(String name) {
    return latest.parts().stream().anyMatch(part -> part.name().equals(name) && part.ready())
        ? 1
        : 0;
  }
}
