package dev.sentinelj.runners.standalone;

import dev.sentinelj.adapters.files.FileBatchLogs;
import dev.sentinelj.adapters.files.FileRefusedBatches;
import dev.sentinelj.adapters.files.WalConfig;
import dev.sentinelj.adapters.grpc.GrpcUplink;
import dev.sentinelj.adapters.protobuf.ProtobufBatchCodec;
import dev.sentinelj.application.agent.AgentIdentity;
import dev.sentinelj.application.agent.CollectorSchedule;
import dev.sentinelj.core.block.Columns;
import dev.sentinelj.core.metric.Series;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.signing.AgentKey;
import dev.sentinelj.ports.driven.MetricSource;
import dev.sentinelj.runners.agent.AgentRunner;
import dev.sentinelj.runners.agent.HostAgent;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * An agent in this process that outlives the installation it talks to: {@value #SERIES} made-up
 * series, ten times a second.
 */
final class LoadAgent implements AutoCloseable {
  private static final int SERIES = 50;

  private final Path directory;
  private final AgentIdentity identity;
  private final InetSocketAddress gateway;
  private FileBatchLogs logs;
  private AgentRunner runner;

  private LoadAgent(Path directory, AgentIdentity identity, InetSocketAddress gateway) {
    this.directory = directory;
    this.identity = identity;
    this.gateway = gateway;
    this.logs = open(directory);
    this.runner = run(List.of(new MadeUp()));
  }

  /** Enrols under a name of its own and starts. */
  static LoadAgent start(Path directory, Api api, int grpcPort) throws Exception {
    NewAgent agent = NewAgent.enrol(api, grpcPort, directory);
    AgentKey key = agent.signs();
    return new LoadAgent(
        directory, new AgentIdentity(agent.id(), "load", () -> key), agent.gateway());
  }

  private static FileBatchLogs open(Path directory) {
    return FileBatchLogs.open(directory.resolve("wal"), new WalConfig(64 << 10, 64 << 20, 0));
  }

  private AgentRunner run(List<MetricSource> sources) {
    HostAgent ports =
        new HostAgent(
            identity,
            logs,
            new ProtobufBatchCodec(),
            new FileRefusedBatches(directory.resolve("refused")),
            new GrpcUplink(gateway),
            sources);
    return AgentRunner.start(
        ports, new CollectorSchedule.Timing(Duration.ofMillis(100), Duration.ofSeconds(5)));
  }

  /** From now on it ships what it has. */
  void stopCollecting() {
    close();
    logs = open(directory);
    runner = run(List.of());
  }

  boolean hasNothingLeft() {
    return counter("agent_logged_through") > 0
        && counter("agent_committed_through") == logs.current().durableThrough();
  }

  Path wal() {
    return directory.resolve("wal");
  }

  long logged() {
    return logs.current().durableThrough();
  }

  long counter(String name) {
    return runner.report().counters().getOrDefault(name, 0L);
  }

  @Override
  public void close() {
    runner.close();
    logs.close();
  }

  private static final class MadeUp implements MetricSource {
    private final SeriesSet set;
    private int reading;
    private long lastMillis;

    MadeUp() {
      List<Series> series = new ArrayList<>();
      for (int i = 0; i < SERIES; i++) {
        series.add(Series.gauge("load", "1", Map.of("n", "%02d".formatted(i))));
      }
      this.set = SeriesSet.of(series);
    }

    @Override
    public String name() {
      return "made-up";
    }

    @Override
    public Reading read(long nowMillis) {
      lastMillis = Math.max(nowMillis, lastMillis + 1); // late readings may share a millisecond
      Columns.Builder columns = new Columns.Builder(SERIES, lastMillis);
      for (int column = 0; column < SERIES; column++) {
        columns.set(column, 0, reading * 0.25 + column);
      }
      reading++;
      return new Reading(set, columns.build());
    }
  }
}
