package dev.sentinelj.runners.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.failpoint.Failpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/**
 * An agent whose log was copied with unsent batches in it, and its copy. Both run, find out that
 * they have a twin, carry over what the ledger does not have, and collect all the while.
 */
final class Twins {
  private static final int BACKLOG = 4;
  private static final long PATIENCE_SECONDS = 120;

  private final Path directory;
  private final int port;
  private final NewAgent agent;
  private final Path one;
  private final Path other;

  /**
   * What both took, from what stood in their logs between their lives. A log that goes on, is given
   * up and is deleted within one life may have taken more.
   */
  private final Set<Taken> taken = new LinkedHashSet<>();

  private Twins(Path directory, int port, NewAgent agent) throws IOException {
    this.directory = directory;
    this.port = port;
    this.agent = agent;
    this.one = Files.createDirectory(directory.resolve("one"));
    this.other = directory.resolve("other");
    agent.save(one);
  }

  /** Enrols one of them. */
  static Twins enrol(Path directory, int port, Api api) throws Exception {
    return new Twins(directory, port, NewAgent.enrol(api, port, directory));
  }

  /** Lives until one of them dies at each of the points; then the other is killed. */
  List<Failpoint> diedAt(Path home, List<Failpoint> points) throws Exception {
    List<Failpoint> reached = new ArrayList<>();
    Books.onRunningDatabase(
        home,
        connection -> {
          copyWithABacklog(connection);
          int shared = taken(one).size();
          live(
              points.getFirst(),
              reached,
              () -> {
                await(() -> taken(one).size() >= shared + BACKLOG);
                await(() -> taken(other).size() >= shared + BACKLOG);
                connection.rollback();
                return true;
              });
        });
    for (Failpoint point : points.subList(1, points.size())) {
      live(point, reached, () -> true);
    }
    return reached;
  }

  private void copyWithABacklog(Connection connection) throws Exception {
    try (AgentProcess first = AgentProcess.collecting(one, port, "first")) {
      await(() -> Books.number(connection, count("batch_ledger")) >= 2);
      Books.stopCommits(connection);
      int before = taken(one).size();
      await(() -> taken(one).size() >= before + BACKLOG);
      first.kill();
    }
    Taken.copy(one, other);
  }

  private void live(Failpoint point, List<Failpoint> reached, Callable<Boolean> meanwhile)
      throws Exception {
    ArmedFailpoint armed = new ArmedFailpoint(point);
    try (AgentProcess here = AgentProcess.collecting(one, port, "one " + point, armed);
        AgentProcess there = AgentProcess.collecting(other, port, "other " + point, armed)) {
      meanwhile.call();
      if (AgentProcess.oneDied(here, there, PATIENCE_SECONDS)) {
        reached.add(point);
      }
      here.kill();
      there.kill();
    }
    taken.addAll(taken(one));
    taken.addAll(taken(other));
  }

  /** Ships what is left, and compares the database with all that both ever took. */
  void settle(Path home) throws Exception {
    try (AgentProcess here = AgentProcess.shipping(one, port);
        AgentProcess there = AgentProcess.shipping(other, port)) {
      here.awaitEnd();
      there.awaitEnd();
    }
    Books.awaitAudited(home);
    Books.onRunningDatabase(
        home,
        connection -> {
          Taken.assertStoredOnce(connection, taken);
          assertThat(MadeUp.assertStored(connection, agent.id())).containsKey("first");
          assertThat(Books.number(connection, count("epoch_moves"))).isEqualTo(2);
          assertThat(Books.number(connection, count("batch_origins"))).isPositive();
        });
  }

  private List<Taken> taken(Path twin) throws IOException {
    return Taken.by(twin, directory);
  }

  private String count(String table) {
    return "SELECT count(*) FROM " + table + " WHERE agent = '" + agent.id().value() + "'";
  }

  private static void await(Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + PATIENCE_SECONDS * 1_000_000_000;
    while (!condition.call()) {
      assertThat(System.nanoTime()).as("waiting").isLessThan(deadline);
      LockSupport.parkNanos(100_000_000);
    }
  }
}
