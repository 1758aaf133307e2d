package dev.sentinelj.runners.runtime;

import dev.sentinelj.ports.driving.ServerStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** The reports of several parts of one process as one; parts may join later. Thread safe. */
public final class CombinedStatus implements ServerStatus {
  private final List<ServerStatus> sources = new CopyOnWriteArrayList<>();

  public void add(ServerStatus source) {
    sources.add(source);
  }

  /** Parts in the order their sources joined; counters of the same name are added up. */
  @Override
  public Report report() {
    List<Part> parts = new ArrayList<>();
    Map<String, Long> counters = new TreeMap<>();
    for (ServerStatus source : sources) {
      Report report = source.report();
      parts.addAll(report.parts());
      report.counters().forEach((name, count) -> counters.merge(name, count, Long::sum));
    }
    return new Report(parts, counters);
  }
}
