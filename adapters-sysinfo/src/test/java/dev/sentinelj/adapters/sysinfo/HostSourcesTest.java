package dev.sentinelj.adapters.sysinfo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.metric.Series;
import dev.sentinelj.ports.driven.MetricSource;
import dev.sentinelj.ports.driven.MetricSource.Reading;
import dev.sentinelj.testkit.MetricSourceContract;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import oshi.SystemInfo;
import oshi.hardware.CentralProcessor;

/** The sources on the machine the test runs on. */
class HostSourcesTest {

  private static MetricSource source(String name) {
    return HostSources.all().stream()
        .filter(source -> source.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static OptionalDouble value(Reading reading, String name, Map<String, String> labels) {
    return IntStream.range(0, reading.set().size())
        .filter(column -> reading.set().series().get(column).name().equals(name))
        .filter(column -> reading.set().series().get(column).labels().equals(labels))
        .filter(column -> reading.columns().present(column, 0))
        .mapToDouble(column -> reading.columns().value(column, 0))
        .findFirst();
  }

  private static double sum(Reading reading, String name) {
    return IntStream.range(0, reading.set().size())
        .filter(column -> reading.set().series().get(column).name().equals(name))
        .mapToDouble(column -> reading.columns().value(column, 0))
        .sum();
  }

  @Nested
  class Cpu extends MetricSourceContract {
    @Override
    protected MetricSource source() {
      return HostSourcesTest.source("cpu");
    }
  }

  @Nested
  class Memory extends MetricSourceContract {
    @Override
    protected MetricSource source() {
      return HostSourcesTest.source("memory");
    }
  }

  @Nested
  class Disk extends MetricSourceContract {
    @Override
    protected MetricSource source() {
      return HostSourcesTest.source("disk");
    }
  }

  @Nested
  class Filesystem extends MetricSourceContract {
    @Override
    protected MetricSource source() {
      return HostSourcesTest.source("filesystem");
    }
  }

  @Nested
  class Network extends MetricSourceContract {
    @Override
    protected MetricSource source() {
      return HostSourcesTest.source("network");
    }
  }

  @Nested
  class Load extends MetricSourceContract {
    @Override
    protected MetricSource source() {
      return HostSourcesTest.source("system");
    }
  }

  @Test
  void all_togetherGiveAtLeastThirtySeriesWithoutAClash() {
    List<Series> series =
        HostSources.all().stream()
            .flatMap(source -> source.read(0).set().series().stream())
            .toList();

    assertThat(series).hasSizeGreaterThanOrEqualTo(30).doesNotHaveDuplicates();
  }

  @Test
  void cpu_atTheFirstReading_hasTimeAndNoUtilization() {
    Reading first = source("cpu").read(0);

    assertThat(value(first, "system.cpu.time", Map.of("cpu.mode", "user"))).isPresent();
    assertThat(value(first, "system.cpu.utilization", Map.of("cpu.mode", "user"))).isEmpty();
  }

  @Test
  void cpu_withACoreKeptBusy_showsAtLeastHalfACoreInUse() {
    MetricSource cpu = source("cpu");
    CentralProcessor processor = new SystemInfo().getHardware().getProcessor();
    cpu.read(0);

    keepBusyFor(processor, 1_500);

    Reading busy = cpu.read(1);
    double inUse =
        List.of("user", "nice", "system", "interrupt", "steal").stream()
            .map(mode -> value(busy, "system.cpu.utilization", Map.of("cpu.mode", mode)))
            .mapToDouble(OptionalDouble::orElseThrow)
            .sum();
    assertThat(inUse * processor.getLogicalProcessorCount()).isBetween(0.5, 1_000.0);
    assertThat(inUse).isLessThanOrEqualTo(1.001);
  }

  /** Until the machine has counted so many milliseconds of work; nobody sleeps. */
  private static void keepBusyFor(CentralProcessor processor, long millis) {
    long from = work(processor);
    double sink = 0;
    while (work(processor) - from < millis) {
      for (int i = 1; i < 100_000; i++) {
        sink += Math.sqrt(i);
      }
    }
    assertThat(sink).isPositive();
  }

  private static long work(CentralProcessor processor) {
    long[] ticks = processor.getSystemCpuLoadTicks();
    return ticks[CentralProcessor.TickType.USER.getIndex()]
        + ticks[CentralProcessor.TickType.NICE.getIndex()]
        + ticks[CentralProcessor.TickType.SYSTEM.getIndex()];
  }

  @Test
  void memory_statesAddUpToTheLimit() {
    Reading reading = source("memory").read(0);
    double limit = value(reading, "system.memory.limit", Map.of()).orElseThrow();

    assertThat(sum(reading, "system.memory.usage")).isBetween(limit * 0.99, limit * 1.01);
    assertThat(sum(reading, "system.memory.utilization")).isBetween(0.99, 1.01);
  }

  @Test
  void filesystem_statesOfTheRootAddUpToItsLimit() {
    Reading reading = source("filesystem").read(0);
    List<Series> root =
        reading.set().series().stream()
            .filter(series -> "/".equals(series.labels().get("system.filesystem.mountpoint")))
            .toList();
    double limit = valueOf(reading, root, "system.filesystem.limit");

    assertThat(valueOf(reading, root, "system.filesystem.usage")).isEqualTo(limit);
    assertThat(valueOf(reading, root, "system.filesystem.utilization")).isBetween(0.0, 1.0);
  }

  private static double valueOf(Reading reading, List<Series> among, String name) {
    return among.stream()
        .filter(series -> series.name().equals(name))
        .mapToDouble(series -> value(reading, name, series.labels()).orElseThrow())
        .sum();
  }

  @Test
  void system_knowsUptimeAndProcesses() {
    Reading reading = source("system").read(0);

    assertThat(value(reading, "system.uptime", Map.of()).orElseThrow()).isPositive();
    assertThat(value(reading, "system.process.count", Map.of()).orElseThrow())
        .isGreaterThanOrEqualTo(1);
    assertThat(value(reading, "system.cpu.logical.count", Map.of()).orElseThrow())
        .isEqualTo(Runtime.getRuntime().availableProcessors());
  }
}
