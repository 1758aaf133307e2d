package dev.sentinelj.runners.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.failpoint.Failpoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * P1 through a death at each failpoint, one after the other on one installation: each start is the
 * recovery from the death before and runs into the next. A point that is not reached fails the
 * test. What an agent passes kills an agent, and its server lives on; what a server passes kills
 * all of {@code sentinel up}, an agent among it.
 */
class FailpointKillTest {
  private static final Set<Failpoint> OF_AGENTS =
      EnumSet.range(Failpoint.WAL_APPEND_BEFORE_WRITE, Failpoint.AGENT_RECONCILE_HEARD);

  /** Passed by an agent whose log has a twin, in this order. */
  private static final Set<Failpoint> OF_TWINS =
      EnumSet.range(Failpoint.AGENT_CLOSE_BEFORE, Failpoint.AGENT_RETIRE_BEFORE);

  /**
   * Installations whose servers die at the same time: most of a life waits for a dead one's lease.
   */
  private static final int SERVERS = 3;

  private static final long PATIENCE_SECONDS = 60;

  /** So small that logs roll over, segments are freed and the bus forgets within seconds. */
  private static final String SMALL =
      """
      log.segment.kibibytes = 16
      bus.segment.kibibytes = 16
      bus.max.kibibytes = 64
      """;

  /** A small bus is soon full while the database is held up, and who is told so waits minutes. */
  private static final String ROOMY = "bus.max.kibibytes = 65536\n";

  @TempDir Path directory;

  @Test
  void diedAtEachFailpoint_rowsEqualWhatTheLogTook() throws Exception {
    List<Failpoint> ofServers =
        EnumSet.allOf(Failpoint.class).stream()
            .filter(point -> !OF_AGENTS.contains(point) && !OF_TWINS.contains(point))
            .toList();
    List<FutureTask<List<Failpoint>>> deaths = new ArrayList<>();
    deaths.add(begin("agent", SMALL, home -> agentDiedAt(home, List.copyOf(OF_AGENTS))));
    deaths.add(begin("twins", ROOMY, home -> twinsDiedAt(home, List.copyOf(OF_TWINS))));
    for (int i = 0; i < SERVERS; i++) {
      List<Failpoint> share =
          ofServers.subList(i * ofServers.size() / SERVERS, (i + 1) * ofServers.size() / SERVERS);
      deaths.add(begin("server" + i, SMALL, home -> serverDiedAt(home, share)));
    }

    List<Failpoint> reached = new ArrayList<>();
    for (FutureTask<List<Failpoint>> death : deaths) {
      reached.addAll(death.get());
    }

    assertThat(reached).containsExactlyInAnyOrder(Failpoint.values());
  }

  @FunctionalInterface
  private interface Deaths {
    List<Failpoint> on(Path home) throws Exception;
  }

  private FutureTask<List<Failpoint>> begin(String name, String config, Deaths deaths)
      throws Exception {
    Path home = Prepared.shared().makeHome(directory.resolve(name));
    Files.writeString(home.resolve("sentinel.conf"), config);
    FutureTask<List<Failpoint>> task = new FutureTask<>(() -> deaths.on(home));
    Thread.ofPlatform().daemon(true).name("kills-" + name).start(task);
    return task;
  }

  /** Which points were reached; the rest of the promise is asserted. */
  private static List<Failpoint> serverDiedAt(Path home, List<Failpoint> points) throws Exception {
    List<Failpoint> reached = new ArrayList<>();
    for (Failpoint point : points) {
      try (UpProcess up = UpProcess.start(home, new ArmedFailpoint(point))) {
        if (up.died(PATIENCE_SECONDS)) {
          reached.add(point);
        } else {
          up.killGroup();
        }
      }
    }
    Books.drain(home);
    Books.assertBalanced(home, List.of());
    return reached;
  }

  /** The same of an agent beside the installation's own. */
  private List<Failpoint> agentDiedAt(Path home, List<Failpoint> points) throws Exception {
    Path directory = Files.createDirectory(this.directory.resolve("beside"));
    int port = UpProcess.freePort();
    List<Failpoint> reached = new ArrayList<>();
    try (UpProcess up = UpProcess.start(home, port, 1).awaitReady()) {
      NewAgent agent = NewAgent.enrol(up.api(), port, directory);
      agent.save(directory);
      for (Failpoint point : points) {
        try (AgentProcess process =
            AgentProcess.start(directory, port, new ArmedFailpoint(point))) {
          if (process.died(PATIENCE_SECONDS)) {
            reached.add(point);
          }
        }
      }
      Books.drain(agent, directory, up.api());
      up.stop();
    }
    Books.drain(home);
    Books.assertBalanced(home, List.of(directory.resolve("wal")));
    return reached;
  }

  /** The same of an agent and its copy. */
  private List<Failpoint> twinsDiedAt(Path home, List<Failpoint> points) throws Exception {
    int port = UpProcess.freePort();
    try (UpProcess up = UpProcess.start(home, port, 3_600).awaitReady()) {
      Path place = Files.createDirectory(directory.resolve("copied"));
      Twins twins = Twins.enrol(place, port, up.api());
      List<Failpoint> reached = twins.diedAt(home, points);
      twins.settle(home);
      up.stop();
      return reached;
    }
  }
}
