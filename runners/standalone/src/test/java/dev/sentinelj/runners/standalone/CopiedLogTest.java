package dev.sentinelj.runners.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * P1 while two processes run on copies of one agent's log. What both took while the database was
 * held up is under the same ids in two logs; all of it must be stored, and nothing twice.
 */
class CopiedLogTest {
  private static final int BACKLOG = 4;
  private static final long PATIENCE_NANOS = 120_000_000_000L;

  @TempDir Path directory;

  @Test
  void logCopiedAndBothRun_bothContentsAreStoredOnce() throws Exception {
    Path home = Prepared.shared().makeHome(directory.resolve("home"));
    Path second = directory.resolve("second");
    int grpcPort = UpProcess.freePort();
    Files.writeString(home.resolve("sentinel.conf"), "log.segment.kibibytes = 256\n");
    dieWithABacklog(home, grpcPort);
    Taken.copy(home.resolve("agent"), second);
    Taken.copy(home.resolve("keys"), second.resolve("keys"));
    Set<Taken> taken = new LinkedHashSet<>();

    try (UpProcess up = UpProcess.start(home, grpcPort, 1).awaitReady()) {
      Books.onRunningDatabase(
          home,
          connection -> {
            Books.stopCommits(connection);
            try (AgentProcess other = AgentProcess.start(second, grpcPort, 1)) {
              bothTake(home.resolve("agent"), second, taken);
              connection.rollback();
              awaitStored(connection, taken);
              awaitNumber(connection, "SELECT count(*) FROM agent_progress WHERE closed", 1);
              other.stop();
            }
          });
      up.stop();
    }
    drain(home, second, grpcPort, taken);
  }

  private void dieWithABacklog(Path home, int grpcPort) throws Exception {
    try (UpProcess up = UpProcess.start(home, grpcPort, 1).awaitReady()) {
      Api api = up.api();
      api.await("/v1/status", status -> Books.counter(status, "agent_committed_through") >= 2);
      Books.onRunningDatabase(
          home,
          connection -> {
            Books.stopCommits(connection);
            long through = Books.counter(api.get("/v1/status"), "agent_logged_through");
            api.await(
                "/v1/status",
                status -> Books.counter(status, "agent_logged_through") >= through + BACKLOG);
            up.killGroup();
          });
    }
  }

  /** Waits until both logs have the backlog and more, the same seqs with other content among it. */
  private void bothTake(Path one, Path other, Set<Taken> taken) throws IOException {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    long shared = Taken.by(other, directory).size();
    List<Taken> here = Taken.by(one, directory);
    List<Taken> there = Taken.by(other, directory);
    while (here.size() < shared + BACKLOG || there.size() < shared + BACKLOG) {
      assertThat(System.nanoTime()).as("waiting for both to collect").isLessThan(deadline);
      LockSupport.parkNanos(500_000_000);
      here = Taken.by(one, directory);
      there = Taken.by(other, directory);
    }
    taken.addAll(here);
    taken.addAll(there);
  }

  /** What was not sent when they stopped is sent now; then everything is counted. */
  private void drain(Path home, Path second, int grpcPort, Set<Taken> taken) throws Exception {
    taken.addAll(Taken.by(home.resolve("agent"), directory));
    taken.addAll(Taken.by(second, directory));
    try (UpProcess up = UpProcess.start(home, grpcPort, 3_600).awaitReady();
        AgentProcess other = AgentProcess.start(second, grpcPort, 3_600)) {
      up.api().await("/v1/status", status -> Books.counter(status, "agent_former_logs") == 0);
      Books.onRunningDatabase(
          home,
          connection -> {
            connection.setAutoCommit(false);
            awaitStored(connection, taken);
            awaitNumber(connection, "SELECT max(abs(unaccounted)) FROM v_balance", 0);
            Taken.assertStoredOnce(connection, taken);
          });
      Books.awaitAudited(home); // counts the rows of what else came in, and finds none twice
      other.stop();
      up.stop();
    }
  }

  private static void awaitStored(Connection connection, Set<Taken> taken) throws SQLException {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    for (Taken one : taken) {
      while (one.timesStored(connection) == 0) {
        assertThat(System.nanoTime()).as("waiting for %s", one).isLessThan(deadline);
        connection.rollback();
        LockSupport.parkNanos(100_000_000);
      }
    }
  }

  private static void awaitNumber(Connection connection, String sql, long wanted)
      throws SQLException {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (Books.number(connection, sql) != wanted) {
      assertThat(System.nanoTime()).as("waiting for %s in %s", wanted, sql).isLessThan(deadline);
      connection.rollback();
      LockSupport.parkNanos(100_000_000);
    }
  }
}
