package dev.sentinelj.adapters.http;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.metric.Series;
import dev.sentinelj.core.progress.Balance;
import dev.sentinelj.ports.driven.MetricQueries;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongToDoubleFunction;
import java.util.stream.IntStream;

/** A host whose values are functions of the time, under the names that the agent uses. */
final class WavingQueries implements MetricQueries {
  private static final long INTERVAL = 10_000;
  private static final double GIB = 1L << 30;
  private static final int CORES = 4;

  private final long bornMillis = System.currentTimeMillis();

  private record Wave(Series series, LongToDoubleFunction at) {}

  private final List<Wave> waves = new ArrayList<>();

  WavingQueries() {
    Map<String, Double> modes =
        Map.of(
            "user",
            .24,
            "system",
            .09,
            "iowait",
            .03,
            "steal",
            .005,
            "nice",
            .01,
            "interrupt",
            .01);
    modes.forEach((mode, share) ->
        counter("system.cpu.time", "s", Map.of("cpu.mode", mode), share * CORES, 1));
    counter("system.cpu.time", "s", Map.of("cpu.mode", "idle"), .61 * CORES, -0.3);
    for (int core = 0; core < CORES; core++) {
      double shift = core * 1.7;
      gauge(
          "system.cpu.utilization",
          "1",
          Map.of("cpu.mode", "idle", "cpu.logical_number", Integer.toString(core)),
          t -> .6 + .3 * Math.sin(t / 97_000.0 + shift) + .08 * Math.sin(t / 11_000.0 + shift));
    }
    gauge(
        "system.memory.usage",
        "By",
        Map.of("system.memory.state", "used"),
        t -> (5 + Math.sin(t / 200_000.0)) * GIB);
    gauge("system.memory.usage", "By", Map.of("system.memory.state", "buffers"), t -> .4 * GIB);
    gauge(
        "system.memory.usage",
        "By",
        Map.of("system.memory.state", "cached"),
        t -> (6 + .4 * Math.sin(t / 70_000.0)) * GIB);
    gauge("system.memory.usage", "By", Map.of("system.memory.state", "free"), t -> 4 * GIB);
    gauge("system.memory.limit", "By", Map.of(), t -> 15.6 * GIB);
    gauge("system.uptime", "s", Map.of(), t -> 400_000 + t % 86_400_000 / 1000.0);
    for (String span : List.of("1m", "5m", "15m")) {
      gauge(
          "system.cpu.load_average." + span,
          "{thread}",
          Map.of(),
          t -> 1.4 + Math.sin(t / (90_000.0 * span.length())) / span.length());
    }
    counter(
        "system.disk.io",
        "By",
        Map.of("system.device", "sda", "disk.io.direction", "read"),
        2e6,
        1);
    counter(
        "system.disk.io",
        "By",
        Map.of("system.device", "sda", "disk.io.direction", "write"),
        7e6,
        .9);
    counter(
        "system.network.io",
        "By",
        Map.of("network.interface.name", "eth0", "network.io.direction", "receive"),
        3e5,
        .8);
    counter(
        "system.network.io",
        "By",
        Map.of("network.interface.name", "eth0", "network.io.direction", "transmit"),
        9e4,
        .9);
    counter(
        "system.network.io",
        "By",
        Map.of("network.interface.name", "lo", "network.io.direction", "receive"),
        9e9,
        .1);
    for (String mount : List.of("/", "/boot/efi", "/var/lib/docker")) {
      double used = .35 + mount.length() * .04;
      gauge(
          "system.filesystem.usage",
          "By",
          Map.of("system.filesystem.mountpoint", mount, "system.filesystem.state", "used"),
          t -> used * 80 * GIB);
      gauge(
          "system.filesystem.usage",
          "By",
          Map.of("system.filesystem.mountpoint", mount, "system.filesystem.state", "free"),
          t -> (1 - used) * 80 * GIB);
    }
  }

  private void gauge(
      String name, String unit, Map<String, String> labels, LongToDoubleFunction at) {
    waves.add(new Wave(Series.gauge(name, unit, labels), at));
  }

  /** A total that grows by {@code perSecond}, up to {@code swing} of it more or less. */
  private void counter(
      String name, String unit, Map<String, String> labels, double perSecond, double swing) {
    double period = 60 + Math.floorMod(labels.hashCode(), 60);
    waves.add(
        new Wave(
            Series.counter(name, unit, labels),
            t ->
                perSecond
                    * ((t - bornMillis + 2e6) / 1000.0
                        - swing * period * Math.cos((t - bornMillis) / 1000.0 / period))));
  }

  private static boolean missing(AgentId agent, long millis) {
    return !agent.value().equals("web-1") || millis / 1000 % 900 < 70;
  }

  @Override
  public List<Latest> latest(AgentId agent, String namePrefix, long sinceMillis, int limit) {
    long now = System.currentTimeMillis() / INTERVAL * INTERVAL;
    return waves.stream()
        .filter(
            wave -> wave.series().name().startsWith(namePrefix) && agent.value().equals("web-1"))
        .map(wave -> new Latest(wave.series(), now, wave.at().applyAsDouble(now)))
        .toList();
  }

  @Override
  public List<RangeSeries> range(RangeQuery query) {
    return waves.stream()
        .filter(wave -> wave.series().name().equals(query.name()))
        .filter(wave -> wave.series().labels().entrySet().containsAll(query.labels().entrySet()))
        .map(wave -> new RangeSeries(wave.series(), points(wave, query), false))
        .filter(series -> !series.points().isEmpty())
        .toList();
  }

  private static List<Point> points(Wave wave, RangeQuery query) {
    List<Point> points = new ArrayList<>();
    long first = Math.ceilDiv(query.fromMillis(), INTERVAL) * INTERVAL;
    for (long t = first; t < query.toMillis(); t += INTERVAL) {
      if (!missing(query.agent(), t)) {
        points.add(new Point(t, wave.at().applyAsDouble(t)));
      }
    }
    return points;
  }

  @Override
  public List<EpochBalance> balance(AgentId agent) {
    if (!agent.value().equals("web-1")) {
      return List.of();
    }
    long collected = (System.currentTimeMillis() - bornMillis) / INTERVAL * 87 + 1_204_331;
    return IntStream.of(1)
        .mapToObj(epoch ->
            new EpochBalance(
                epoch, 7, false, new Balance(collected, collected - 12, 12, 0, 0), false, false))
        .toList();
  }

  @Override
  public String describe() {
    return "made up";
  }
}
