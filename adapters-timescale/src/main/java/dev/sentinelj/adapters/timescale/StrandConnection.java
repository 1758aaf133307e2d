package dev.sentinelj.adapters.timescale;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.OffsetDateTime;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The one connection of a strand. It is opened when it is needed, dropped when it failed, and
 * opened again with a growing pause. Before a new one is used the backend behind the former one is
 * made to end, so that nothing it still has under way can commit later. One owner.
 */
final class StrandConnection implements AutoCloseable {
  private static final long LEAST_PAUSE_NANOS = 100_000_000L;
  private static final long GREATEST_PAUSE_NANOS = 5_000_000_000L;

  /**
   * How long a backend that was told to end may take before the caller hears that the database does
   * not answer.
   */
  private static final long END_WAIT_MILLIS = 5_000;

  private static final String SELF =
      "SELECT pid, backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()";
  private static final String TERMINATE =
      "SELECT pg_terminate_backend(pid, ?) FROM pg_stat_activity WHERE pid = ? AND backend_start = ?";

  private static final String TAKE_OVER =
      """
      UPDATE partition_leases SET backend_pid = ?, backend_start = ?
      WHERE backend_pid = ? AND backend_start = ?\
      """;

  private final Database database;
  private final String application;
  private final LongSupplier nanoTime;
  private @Nullable Connection connection;
  private @Nullable Backend backend;
  private long pauseNanos = LEAST_PAUSE_NANOS;
  private long notBeforeNanos;
  private boolean failed;

  /** A process of the server; ids come back, the time it started does not. */
  record Backend(int pid, OffsetDateTime start) {}

  StrandConnection(Database database, String application, LongSupplier nanoTime) {
    this.database = database;
    this.application = application;
    this.nanoTime = nanoTime;
  }

  boolean isOpen() {
    return connection != null;
  }

  /** The connection, in auto-commit mode, opened if need be. */
  Connection open() throws SQLException {
    Connection open = connection;
    if (open != null) {
      return open;
    }
    if (failed && nanoTime.getAsLong() - notBeforeNanos < 0) {
      throw new SQLTransientConnectionException(
          "the database did not answer; waiting to ask again", "08001");
    }
    return reopen();
  }

  /** Gives the connection up after a failure that may be its fault. */
  void drop() {
    Connection lost = connection;
    connection = null;
    if (lost != null) {
      try {
        lost.close();
      } catch (SQLException e) {
        // It is lost either way; what its backend still does ends when the next one is opened.
      }
    }
  }

  @Override
  public void close() {
    drop();
  }

  /** Ends a backend and waits until it is gone. No effect when it is gone already. */
  static void terminate(Connection from, Backend target) throws SQLException {
    try (PreparedStatement statement = from.prepareStatement(TERMINATE)) {
      statement.setLong(1, END_WAIT_MILLIS);
      statement.setInt(2, target.pid());
      statement.setObject(3, target.start());
      try (ResultSet rows = statement.executeQuery()) {
        if (rows.next() && !rows.getBoolean(1)) {
          throw new SQLTransientConnectionException(
              "the former backend " + target.pid() + " does not end", "57014");
        }
      }
    }
  }

  private Connection reopen() throws SQLException {
    try {
      Connection fresh = database.connect(application);
      try {
        Backend former = backend;
        Backend own = self(fresh);
        if (former != null) {
          terminate(fresh, former);
          takeOver(fresh, former, own);
        }
        backend = own;
      } catch (SQLException e) {
        fresh.close();
        throw e;
      }
      connection = fresh;
      failed = false;
      pauseNanos = LEAST_PAUSE_NANOS;
      return fresh;
    } catch (SQLException e) {
      failed = true;
      notBeforeNanos = nanoTime.getAsLong() + pauseNanos;
      pauseNanos = Math.min(2 * pauseNanos, GREATEST_PAUSE_NANOS);
      throw e;
    }
  }

  /**
   * Leases name the backend to end before they are taken: that must be the one that works on them.
   */
  private static void takeOver(Connection connection, Backend former, Backend own)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(TAKE_OVER)) {
      statement.setInt(1, own.pid());
      statement.setObject(2, own.start());
      statement.setInt(3, former.pid());
      statement.setObject(4, former.start());
      statement.executeUpdate();
    }
  }

  private static Backend self(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(SELF);
        ResultSet rows = statement.executeQuery()) {
      rows.next();
      return new Backend(rows.getInt(1), rows.getObject(2, OffsetDateTime.class));
    }
  }
}
