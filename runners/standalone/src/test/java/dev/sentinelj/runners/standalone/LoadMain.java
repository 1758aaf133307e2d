package dev.sentinelj.runners.standalone;

import dev.sentinelj.adapters.files.FileAgentIdentity;
import dev.sentinelj.adapters.files.FileBatchLogs;
import dev.sentinelj.adapters.files.TinkSecretVault;
import dev.sentinelj.adapters.files.WalConfig;
import dev.sentinelj.application.agent.AgentIdentity;
import dev.sentinelj.core.signing.AgentKey;
import dev.sentinelj.ports.driven.MetricSource;
import dev.sentinelj.runners.agent.AgentRunner;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * An agent of made-up series as a process: {@code HOME PORT RUN} collects until it is killed,
 * {@code HOME PORT} ships what its logs have and ends.
 */
final class LoadMain {
  private LoadMain() {}

  public static void main(String[] args) {
    Path home = Path.of(args[0]);
    InetSocketAddress gateway =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[1]));
    boolean collects = args.length > 2;
    List<MetricSource> sources = collects ? List.of(new MadeUp(args[2])) : List.of();
    FileBatchLogs logs = FileBatchLogs.open(home.resolve("wal"), WalConfig.defaults());
    AgentRunner runner = LoadAgent.run(home, identity(home), logs, gateway, sources);
    while (collects || !isDone(logs, runner)) {
      LockSupport.parkNanos(50_000_000);
    }
    runner.close();
    logs.close();
    System.exit(0);
  }

  private static AgentIdentity identity(Path home) {
    TinkSecretVault vault = TinkSecretVault.open(home.resolve("keys"), Optional.empty());
    FileAgentIdentity.Identity saved =
        new FileAgentIdentity(home.resolve("identity"), vault).load().orElseThrow();
    AgentKey key = new AgentKey(saved.key(), saved.secret());
    return new AgentIdentity(saved.agent(), "load", () -> key);
  }

  private static boolean isDone(FileBatchLogs logs, AgentRunner runner) {
    var counters = runner.report().counters();
    return counters.getOrDefault("agent_former_logs", 1L) == 0
        && counters.getOrDefault("agent_committed_through", 0L) == logs.current().durableThrough();
  }
}
