package dev.sentinelj.runners.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.wal.RecordFrame;
import dev.sentinelj.core.wal.SegmentScan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * P1 while the bus of a real installation is deleted, cut at its tail and replaced by an older copy
 * of itself, running and stopped, under load. The database is held up before each loss, so that
 * what is lost was acknowledged and is nowhere else but in the agents' logs.
 */
class BusLossTest {
  private static final int AGENTS = 3;
  private static final int RECORDS_CUT = 12;
  private static final long PATIENCE_NANOS = 90_000_000_000L;

  @TempDir Path directory;

  private final List<LoadAgent> agents = new ArrayList<>();
  private int grpcPort;

  @Test
  void busDeletedCutAndReplacedUnderLoad_everySampleIsStoredOnce() throws Exception {
    Path home = Prepared.shared().makeHome(directory.resolve("home"));
    Path bus = home.resolve("bus");
    grpcPort = UpProcess.freePort();
    try (Relay relay = Relay.before(grpcPort)) {
      try (UpProcess up = start(home)) {
        for (int i = 0; i < AGENTS; i++) {
          Path own = Files.createDirectory(directory.resolve("agent" + i));
          agents.add(LoadAgent.start(own, up.api(), relay.port()));
        }
        healed();

        whileNothingCommits(home, () -> delete(bus));
        whileNothingCommits(home, () -> cut(bus));
        whileNothingCommits(home, () -> zero(bus));
        Path older = copy(bus);
        healed();
        whileNothingCommits(home, () -> replace(bus, older));
        assertThat(replaced(up)).isGreaterThanOrEqualTo(4);
        assertThat(agents)
            .allSatisfy(agent ->
                assertThat(agent.counter("agent_batches_resent"))
                    .isGreaterThanOrEqualTo(RECORDS_CUT));
        up.stop();
      }
      cut(bus);
      Path older = copy(bus);
      restarted(home);
      replace(bus, older);
      try (UpProcess up = start(home)) {
        healed();
        agents.forEach(LoadAgent::stopCollecting);
        agents.forEach(agent -> await(agent::hasNothingLeft));
        up.stop();
      }
    } finally {
      agents.forEach(LoadAgent::close);
    }

    Books.drain(home);
    Books.assertBalanced(home, agents.stream().map(LoadAgent::wal).toList());
  }

  private UpProcess start(Path home) throws IOException {
    return UpProcess.start(home, grpcPort, 1).awaitReady();
  }

  private void restarted(Path home) throws Exception {
    try (UpProcess up = start(home)) {
      healed();
      up.stop();
    }
  }

  @FunctionalInterface
  private interface Fault {
    void strike() throws IOException;
  }

  /** Lets gateways acknowledge what no worker can commit, loses it, and waits until it is there. */
  private void whileNothingCommits(Path home, Fault fault) throws Exception {
    Books.onRunningDatabase(home, connection -> hold(connection, fault));
    healed();
  }

  private void hold(Connection connection, Fault fault) throws SQLException {
    Books.stopCommits(connection);
    List<Long> before = agents.stream().map(BusLossTest::accepted).toList();
    await(() -> grown(before));
    try {
      fault.strike();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    connection.rollback();
  }

  private boolean grown(List<Long> before) {
    for (int i = 0; i < before.size(); i++) {
      if (accepted(agents.get(i)) < before.get(i) + RECORDS_CUT) {
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

  /** Takes the newest records off the newest segment. */
  private static void cut(Path bus) throws IOException {
    Path segment = newestSegment(bus);
    long keep = cutAt(segment);
    try (FileChannel channel = FileChannel.open(segment, StandardOpenOption.WRITE)) {
      channel.truncate(keep);
    }
  }

  private static void zero(Path bus) throws IOException {
    Path segment = newestSegment(bus);
    long keep = cutAt(segment);
    try (FileChannel channel = FileChannel.open(segment, StandardOpenOption.WRITE)) {
      long size = channel.size();
      channel.truncate(keep);
      channel.write(ByteBuffer.allocate(1), size - 1);
    }
  }

  private static long cutAt(Path segment) throws IOException {
    List<RecordFrame> records =
        SegmentScan.of(ByteBuffer.wrap(Files.readAllBytes(segment))).records();
    assertThat(records).hasSizeGreaterThan(RECORDS_CUT);
    return records.get(records.size() - RECORDS_CUT).offset();
  }

  private static Path newestSegment(Path bus) throws IOException {
    try (Stream<Path> files = Files.list(bus)) {
      return files
          .filter(file -> file.toString().endsWith(".seg"))
          .max(Comparator.naturalOrder())
          .orElseThrow();
    }
  }

  private Path copy(Path bus) throws IOException {
    Path copy = Files.createTempDirectory(directory, "older");
    try (Stream<Path> files = Files.list(bus)) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    return copy;
  }

  private void replace(Path bus, Path older) throws IOException {
    Files.move(bus, Files.createTempDirectory(directory, "away").resolve("bus"));
    Files.move(older, bus);
  }

  private static void delete(Path bus) throws IOException {
    try (Stream<Path> files = Files.walk(bus)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
