package dev.sentinelj.runners.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * P1 while the bus of a real installation is deleted, cut at its tail and replaced by an older copy
 * of itself, running, killed and stopped, under load. The database is held up before each loss, so
 * that what is lost was acknowledged and is nowhere else but in the agents' logs.
 */
class BusLossTest {
  private static final int AGENTS = 3;
  private static final long PATIENCE_NANOS = 90_000_000_000L;

  @TempDir Path directory;

  private final List<LoadAgent> agents = new ArrayList<>();
  private int grpcPort;

  @Test
  void busDeletedCutAndReplacedUnderLoad_everySampleIsStoredOnce() throws Exception {
    Path home = Prepared.shared().makeHome(directory.resolve("home"));
    BusFiles bus = new BusFiles(home.resolve("bus"), directory);
    grpcPort = UpProcess.freePort();
    try (Relay relay = Relay.before(grpcPort)) {
      whileItRuns(home, bus, relay.port());
      whileItIsDown(home, bus);
    } finally {
      agents.forEach(LoadAgent::close);
    }

    Books.drain(home);
    Books.assertBalanced(
        home,
        agents.stream().map(LoadAgent::wal).toList(),
        connection -> {
          for (LoadAgent agent : agents) {
            assertThat(MadeUp.assertStored(connection, agent.id()))
                .isEqualTo(Map.of("load", agent.readings()));
          }
        });
  }

  /** Each loss is noticed by the process it happens to; the last one kills it. */
  private void whileItRuns(Path home, BusFiles bus, int port) throws Exception {
    try (UpProcess up = start(home)) {
      for (int i = 0; i < AGENTS; i++) {
        Path own = Files.createDirectory(directory.resolve("agent" + i));
        agents.add(LoadAgent.start(own, up.api(), port));
      }
      healed();
      whileNothingCommits(home, bus::delete);
      healed();
      whileNothingCommits(home, bus::cut);
      healed();
      whileNothingCommits(home, bus::zero);
      healed();
      Path older = bus.copy();
      healed();
      whileNothingCommits(home, () -> bus.replace(older));
      healed();
      assertThat(replaced(up)).isGreaterThanOrEqualTo(4);
      assertThat(agents)
          .allSatisfy(agent ->
              assertThat(agent.counter("agent_batches_resent"))
                  .isGreaterThanOrEqualTo(BusFiles.RECORDS_CUT));
      killed(home, up, bus::delete);
    }
  }

  /** The next process finds the loss when it starts; it says so but for a tail cut after a kill. */
  private void whileItIsDown(Path home, BusFiles bus) throws Exception {
    try (UpProcess up = start(home)) {
      healed();
      assertThat(replaced(up)).isPositive();
      killed(home, up, bus::cut);
    }
    try (UpProcess up = start(home)) {
      healed();
      Path older = bus.copy();
      healed();
      killed(home, up, () -> bus.replace(older));
    }
    try (UpProcess up = start(home)) {
      healed();
      assertThat(replaced(up)).isPositive();
      whileNothingCommits(
          home,
          () -> {
            up.stop();
            bus.cut();
          });
    }
    try (UpProcess up = start(home)) {
      healed();
      assertThat(replaced(up)).isPositive();
      agents.forEach(LoadAgent::stopReading);
      agents.forEach(agent -> await(agent::hasLoggedAll));
      agents.forEach(LoadAgent::stopCollecting);
      agents.forEach(agent -> await(agent::hasNothingLeft));
      up.stop();
    }
  }

  private UpProcess start(Path home) throws IOException {
    return UpProcess.start(home, grpcPort, 1).awaitReady();
  }

  @FunctionalInterface
  private interface Fault {
    void strike() throws Exception;
  }

  private void killed(Path home, UpProcess up, Fault fault) throws Exception {
    whileNothingCommits(
        home,
        () -> {
          up.killGroup();
          fault.strike();
        });
  }

  /** Lets gateways acknowledge what no worker can commit, and loses it. */
  private void whileNothingCommits(Path home, Fault fault) throws Exception {
    Books.onRunningDatabase(home, connection -> hold(connection, fault));
  }

  private void hold(Connection connection, Fault fault) throws Exception {
    Books.stopCommits(connection);
    List<Long> before = agents.stream().map(BusLossTest::accepted).toList();
    await(() -> grown(before));
    fault.strike();
    if (connection.isValid(1)) { // a stop ends the database and our connection with it
      connection.rollback();
    }
  }

  private boolean grown(List<Long> before) {
    for (int i = 0; i < before.size(); i++) {
      if (accepted(agents.get(i)) < before.get(i) + BusFiles.RECORDS_CUT) {
        return false;
      }
    }
    return true;
  }

  private static long accepted(LoadAgent agent) {
    return agent.counter("agent_batches_accepted");
  }

  /** Everything that is in the logs now gets committed. */
  private void healed() {
    for (LoadAgent agent : agents) {
      long logged = agent.logged() + 1;
      await(() -> agent.counter("agent_committed_through") >= logged);
    }
  }

  private static long replaced(UpProcess up) throws IOException, InterruptedException {
    return Books.counter(up.api().get("/v1/status"), "worker_bus_replaced");
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waiting").isLessThan(deadline);
      LockSupport.parkNanos(20_000_000);
    }
  }
}
