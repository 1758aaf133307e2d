package dev.sentinelj.adapters.sysinfo;

import java.util.List;
import java.util.Map;
import oshi.hardware.CentralProcessor;
import oshi.software.os.OperatingSystem;

/** Load averages, processors, uptime and number of processes. */
final class SystemSource extends HostSource {
  private static final List<String> LOAD_SPANS = List.of("1m", "5m", "15m");

  private final CentralProcessor processor;
  private final OperatingSystem system;

  SystemSource(CentralProcessor processor, OperatingSystem system) {
    super("system");
    this.processor = processor;
    this.system = system;
  }

  @Override
  void fill(Row row) {
    double[] loads = processor.getSystemLoadAverage(LOAD_SPANS.size());
    for (int i = 0; i < LOAD_SPANS.size(); i++) {
      row.gauge(
          "system.cpu.load_average." + LOAD_SPANS.get(i), "{thread}", Map.of(), known(loads[i]));
    }
    row.gauge(
        "system.cpu.logical.count", "{cpu}", Map.of(), known(processor.getLogicalProcessorCount()));
    row.gauge("system.uptime", "s", Map.of(), known((double) system.getSystemUptime()));
    row.gauge("system.process.count", "{process}", Map.of(), known(system.getProcessCount()));
  }

  /** OSHI says a negative number where the system does not tell. */
  private static double known(double value) {
    return value < 0 ? Row.MISSING : value;
  }
}
