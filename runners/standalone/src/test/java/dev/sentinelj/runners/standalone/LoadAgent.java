package dev.sentinelj.runners.standalone;

import dev.sentinelj.adapters.files.FileBatchLogs;
import dev.sentinelj.adapters.files.FileRefusedBatches;
import dev.sentinelj.adapters.files.WalConfig;
import dev.sentinelj.adapters.grpc.GrpcUplink;
import dev.sentinelj.adapters.protobuf.ProtobufBatchCodec;
import dev.sentinelj.application.agent.AgentIdentity;
import dev.sentinelj.application.agent.CollectorSchedule;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.signing.AgentKey;
import dev.sentinelj.ports.driven.MetricSource;
import dev.sentinelj.runners.agent.AgentRunner;
import dev.sentinelj.runners.agent.HostAgent;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * An agent in this process that outlives the installation it talks to: made-up series, ten times a
 * second.
 */
final class LoadAgent implements AutoCloseable {
  private final Path directory;
  private final AgentIdentity identity;
  private final InetSocketAddress gateway;
  private final MadeUp source = new MadeUp("load");
  private FileBatchLogs logs;
  private AgentRunner runner;
  private long readings;

  private LoadAgent(Path directory, AgentIdentity identity, InetSocketAddress gateway) {
    this.directory = directory;
    this.identity = identity;
    this.gateway = gateway;
    this.logs = open(directory);
    this.runner = run(List.of(source));
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
    return run(directory, identity, logs, gateway, sources);
  }

  /** Starts on logs that are open. */
  static AgentRunner run(
      Path directory,
      AgentIdentity identity,
      FileBatchLogs logs,
      InetSocketAddress gateway,
      List<MetricSource> sources) {
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

  /** No more is read. What was read is logged once {@link #hasLoggedAll} says so. */
  void stopReading() {
    readings = source.stop();
  }

  boolean hasLoggedAll() {
    return counter("agent_samples_logged") == readings * MadeUp.SERIES;
  }

  /** Starts anew without a source: it ships what it has. */
  void stopCollecting() {
    close();
    logs = open(directory);
    runner = run(List.of());
  }

  boolean hasNothingLeft() {
    return counter("agent_logged_through") > 0
        && counter("agent_committed_through") == logs.current().durableThrough();
  }

  AgentId id() {
    return identity.id();
  }

  /** How many readings there were, by the source's own count. */
  long readings() {
    return readings;
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
}
