package dev.sentinelj.adapters.sysinfo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import oshi.hardware.GlobalMemory;
import oshi.hardware.VirtualMemory;

/**
 * Memory and swap by state. On Linux the states are those of {@code /proc/meminfo}: used is what is
 * neither free nor buffers nor cache; elsewhere used is what is not available.
 */
final class MemorySource extends HostSource {
  private static final Path MEMINFO = Path.of("/proc/meminfo");
  private static final double KIB = 1_024;

  private final GlobalMemory memory;

  MemorySource(GlobalMemory memory) {
    super("memory");
    this.memory = memory;
  }

  @Override
  void fill(Row row) {
    double total = positive((double) memory.getTotal());
    row.gauge("system.memory.limit", "By", Map.of(), total);
    Map<String, Double> meminfo = meminfo();
    if (meminfo.containsKey("MemTotal")) {
      fillStates(row, meminfo);
    } else {
      double available = (double) memory.getAvailable();
      state(row, "used", total - available, total);
      state(row, "free", available, total);
    }
    fillPaging(row, memory.getVirtualMemory());
  }

  private static void fillStates(Row row, Map<String, Double> meminfo) {
    double total = bytes(meminfo, "MemTotal");
    double free = bytes(meminfo, "MemFree");
    double buffers = bytes(meminfo, "Buffers");
    double cached = bytes(meminfo, "Cached");
    state(row, "used", total - free - buffers - cached, total);
    state(row, "free", free, total);
    state(row, "buffers", buffers, total);
    state(row, "cached", cached, total);
    row.gauge("system.linux.memory.available", "By", Map.of(), bytes(meminfo, "MemAvailable"));
  }

  private static double bytes(Map<String, Double> meminfo, String name) {
    return meminfo.getOrDefault(name, Row.MISSING);
  }

  private static void state(Row row, String state, double bytes, double total) {
    Map<String, String> labels = Map.of("system.memory.state", state);
    row.gauge("system.memory.usage", "By", labels, bytes);
    row.gauge("system.memory.utilization", "1", labels, bytes / total);
  }

  /** A host without swap has a usage of 0 and no utilization. */
  private static void fillPaging(Row row, VirtualMemory swap) {
    double total = (double) swap.getSwapTotal();
    double used = (double) swap.getSwapUsed();
    Map<String, String> usedState = Map.of("system.paging.state", "used");
    Map<String, String> freeState = Map.of("system.paging.state", "free");
    row.gauge("system.paging.usage", "By", usedState, used);
    row.gauge("system.paging.usage", "By", freeState, total - used);
    row.gauge("system.paging.utilization", "1", usedState, used / positive(total));
    row.gauge("system.paging.utilization", "1", freeState, (total - used) / positive(total));
    row.counter(
        "system.paging.operations",
        "{operation}",
        Map.of("system.paging.direction", "in"),
        swap.getSwapPagesIn());
    row.counter(
        "system.paging.operations",
        "{operation}",
        Map.of("system.paging.direction", "out"),
        swap.getSwapPagesOut());
  }

  private static double positive(double bytes) {
    return bytes > 0 ? bytes : Row.MISSING;
  }

  /** Bytes by name; empty where there is no such file. */
  private static Map<String, Double> meminfo() {
    Map<String, Double> values = new HashMap<>();
    try {
      for (String line : Files.readAllLines(MEMINFO, StandardCharsets.US_ASCII)) {
        String[] words = line.split("[:\\s]+", 3);
        if (words.length > 1) {
          values.put(words[0], Long.parseLong(words[1]) * KIB);
        }
      }
      return values;
    } catch (IOException | NumberFormatException _) {
      return Map.of();
    }
  }
}
