package dev.sentinelj.runners.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.adapters.files.FileBatchLogs;
import dev.sentinelj.adapters.files.WalConfig;
import dev.sentinelj.core.batch.BatchKind;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.ports.driven.BatchLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * P1 while two processes run on copies of one agent's log. What both took while the database was
 * held up is under the same ids in two logs; all of it must be stored, and nothing twice.
 */
class CopiedLogTest {
  private static final int BACKLOG = 4;
  private static final long PATIENCE_NANOS = 120_000_000_000L;

  /** One content is in the ledger under its own id, or under that of a copy. */
  private static final String TIMES_STORED =
      """
      SELECT (SELECT count(*) FROM batch_ledger WHERE epoch = ? AND seq = ? AND content_hash = ?)
           + (SELECT count(*) FROM batch_origins WHERE epoch = ? AND seq = ? AND content_hash = ?)
      """;

  @TempDir Path directory;

  /** A batch of samples that a log took. */
  private record Taken(long epoch, long seq, Sha256 hash) {}

  @Test
  void logCopiedAndBothRun_bothContentsAreStoredOnce() throws Exception {
    Path home = Prepared.shared().makeHome(directory.resolve("home"));
    Path second = directory.resolve("second");
    int grpcPort = UpProcess.freePort();
    Files.writeString(home.resolve("sentinel.conf"), "log.segment.kibibytes = 256\n");
    dieWithABacklog(home, grpcPort);
    copy(home.resolve("agent"), second);
    copy(home.resolve("keys"), second.resolve("keys"));
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
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
              throw new AssertionError(e);
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
            try {
              long through = Books.counter(api.get("/v1/status"), "agent_logged_through");
              api.await(
                  "/v1/status",
                  status -> Books.counter(status, "agent_logged_through") >= through + BACKLOG);
              up.killGroup();
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
          });
    }
  }

  /** Waits until both logs have the backlog and more, the same seqs with other content among it. */
  private void bothTake(Path one, Path other, Set<Taken> taken) throws IOException {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    long shared = taken(other).size();
    List<Taken> here = taken(one);
    List<Taken> there = taken(other);
    while (here.size() < shared + BACKLOG || there.size() < shared + BACKLOG) {
      assertThat(System.nanoTime()).as("waiting for both to collect").isLessThan(deadline);
      LockSupport.parkNanos(500_000_000);
      here = taken(one);
      there = taken(other);
    }
    taken.addAll(here);
    taken.addAll(there);
  }

  /** What a log has now, read from a copy of its files. */
  private List<Taken> taken(Path agent) throws IOException {
    Path snapshot = Files.createTempDirectory(directory, "snapshot").resolve("wal");
    while (!copied(agent.resolve("wal"), snapshot)) {
      snapshot = Files.createTempDirectory(directory, "snapshot").resolve("wal");
    }
    List<Taken> found = new ArrayList<>();
    try (FileBatchLogs logs = FileBatchLogs.open(snapshot, WalConfig.defaults())) {
      logs.formers().forEach(former -> add(former, found));
      add(logs.current(), found);
    }
    return found;
  }

  private static void add(BatchLog log, List<Taken> into) {
    long next = log.firstSeq();
    while (next <= log.durableThrough()) {
      List<SignedBatch> batches = log.read(next, 256, 1 << 20);
      if (batches.isEmpty()) {
        return;
      }
      for (SignedBatch batch : batches) {
        if (batch.header().kind() == BatchKind.DATA) {
          into.add(new Taken(batch.id().epoch().epoch(), batch.id().seq(), batch.contentHash()));
        }
      }
      next = batches.getLast().id().seq() + 1;
    }
  }

  /** What was not sent when they stopped is sent now; then everything is counted. */
  private void drain(Path home, Path second, int grpcPort, Set<Taken> taken) throws Exception {
    taken.addAll(taken(home.resolve("agent")));
    taken.addAll(taken(second));
    try (UpProcess up = UpProcess.start(home, grpcPort, 3_600).awaitReady();
        AgentProcess other = AgentProcess.start(second, grpcPort, 3_600)) {
      up.api().await("/v1/status", status -> Books.counter(status, "agent_former_logs") == 0);
      Books.onRunningDatabase(
          home,
          connection -> {
            connection.setAutoCommit(false);
            awaitStored(connection, taken);
            awaitNumber(connection, "SELECT max(abs(unaccounted)) FROM v_balance", 0);
            for (Taken one : taken) {
              assertThat(timesStored(connection, one)).isEqualTo(1);
            }
          });
      Books.assertAudited(home);
      other.stop();
      up.stop();
    }
  }

  private static void awaitStored(Connection connection, Set<Taken> taken) throws SQLException {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    for (Taken one : taken) {
      while (timesStored(connection, one) == 0) {
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

  private static long timesStored(Connection connection, Taken one) throws SQLException {
    try (PreparedStatement question = connection.prepareStatement(TIMES_STORED)) {
      for (int at = 0; at < 6; at += 3) {
        question.setLong(at + 1, one.epoch());
        question.setLong(at + 2, one.seq());
        question.setBytes(at + 3, one.hash().toBytes());
      }
      try (ResultSet rows = question.executeQuery()) {
        assertThat(rows.next()).isTrue();
        return rows.getLong(1);
      }
    }
  }

  /** False when a file went away meanwhile. */
  private static boolean copied(Path from, Path to) throws IOException {
    try {
      copy(from, to);
      return true;
    } catch (NoSuchFileException | UncheckedIOException e) {
      return false;
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> paths = Files.walk(from)) {
      for (Path path : paths.sorted().toList()) {
        Path target = to.resolve(from.relativize(path).toString());
        if (Files.isDirectory(path)) {
          Files.createDirectories(target);
        } else {
          Files.copy(path, target);
        }
      }
    }
  }
}
