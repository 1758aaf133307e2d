package dev.sentinelj.ports.driving;

import java.util.List;
import java.util.Map;

/** How a process is doing, for operators and health checks. Never blocks; safe from any thread. */
public interface ServerStatus {

  Report report();

  /**
   * @param parts health of each part by name
   * @param counters running totals by name, such as {@code batches_accepted} and {@code
   *     batches_refused_bad_mac}
   */
  record Report(List<Part> parts, Map<String, Long> counters) {
    public Report {
      parts = List.copyOf(parts);
      counters = Map.copyOf(counters);
    }

    public boolean ready() {
      return parts.stream().allMatch(Part::ready);
    }
  }

  /**
   * @param detail one line for an operator, without secrets
   */
  record Part(String name, boolean ready, String detail) {}
}
