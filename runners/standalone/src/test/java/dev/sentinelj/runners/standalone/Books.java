package dev.sentinelj.runners.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.adapters.files.FileBatchLog;
import dev.sentinelj.adapters.files.TinkSecretVault;
import dev.sentinelj.adapters.files.WalConfig;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** What an agent's log says it ever took, against what the database has. */
final class Books {
  private Books() {}

  static long counter(JsonNode status, String name) {
    return status.path("counters").path(name).asLong();
  }

  /** Starts it once more, collecting nothing, until the database has all of the log; stops it. */
  static void drain(Path home) throws Exception {
    try (UpProcess up = UpProcess.start(home, "--interval", "3600").awaitReady()) {
      up.api()
          .await(
              "/v1/status",
              status ->
                  counter(status, "agent_logged_through")
                      == counter(status, "agent_committed_through"));
      up.stop();
    }
  }

  /**
   * Every record the host's log ever took is in the database once, and so is every sample. Nothing
   * may run on {@code home}; its agent is the only one.
   */
  static void assertBalanced(Path home) throws SQLException {
    long records;
    long samples;
    try (FileBatchLog log =
        FileBatchLog.open(home.resolve("agent").resolve("wal"), WalConfig.defaults())) {
      records = log.nextSeq() - 1 - log.torn().size();
      samples = log.sampleCount();
    }
    assertThat(samples).isPositive();
    onDatabase(
        home,
        connection -> {
          long torn =
              number(connection, "SELECT coalesce(sum(seq_to - seq_from + 1), 0) FROM losses");
          assertThat(number(connection, "SELECT count(*) FROM samples")).isEqualTo(samples);
          assertThat(
                  number(
                      connection,
                      "SELECT count(*) FROM (SELECT DISTINCT time, series_id FROM samples) AS d"))
              .isEqualTo(samples);
          assertThat(number(connection, "SELECT count(*) FROM batch_ledger"))
              .isEqualTo(records - torn);
          assertThat(number(connection, "SELECT sum(samples) FROM batch_ledger"))
              .isEqualTo(samples);
          assertThat(number(connection, "SELECT max(abs(unaccounted)) FROM v_balance")).isZero();
        });
  }

  @FunctionalInterface
  interface Question {
    void ask(Connection connection) throws SQLException;
  }

  /** Starts the database of a stopped {@code home} for a question. */
  static void onDatabase(Path home, Question question) throws SQLException {
    String password =
        DatabasePassword.of(
            new Home(home),
            TinkSecretVault.open(new Home(home).keys(), Optional.empty()),
            new SecureRandom());
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(home.resolve("postgres"), password);
        Connection connection =
            DriverManager.getConnection(postgres.jdbcUrl(), EmbeddedPostgres.USER, password)) {
      question.ask(connection);
    }
  }

  static long number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      assertThat(rows.next()).isTrue();
      return rows.getLong(1);
    }
  }
}
