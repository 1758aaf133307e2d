package dev.sentinelj.runners.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.adapters.files.FileBatchLog;
import dev.sentinelj.adapters.files.TinkSecretVault;
import dev.sentinelj.adapters.files.WalConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * P1 through SIGKILL of everything at once, from the log's own records against the database's rows.
 */
class KillTest {
  private static final int KILLS = 5;

  @TempDir Path directory;

  @Test
  void killedFiveTimes_rowsEqualWhatTheLogTook() throws Exception {
    Path home = directory.resolve("home");
    for (int round = 0; round < KILLS; round++) {
      try (UpProcess up = UpProcess.start(home).awaitReady()) {
        long before = logged(up.api());
        up.api().await("/v1/status", status -> counter(status, "agent_samples_logged") > before);
        up.killGroup();
        if (round % 2 == 1) {
          killDatabase(home);
        }
      }
    }

    try (UpProcess up = UpProcess.start(home).awaitReady()) {
      up.api().await("/v1/status", status -> counter(status, "agent_samples_logged") > 0);
      String agent = up.api().get("/v1/agents").path("items").path(0).path("id").asString();
      up.api()
          .await(
              "/v1/agents/" + agent,
              answer -> answer.path("epochs").path(0).path("stored").asLong() > 0);
      up.stop();
      assertThat(up.lines()).last().asString().startsWith("stopped");
    }

    // what was appended and not yet committed when it stopped is committed now
    try (UpProcess up = UpProcess.start(home, "--interval", "3600").awaitReady()) {
      up.api()
          .await(
              "/v1/status",
              status ->
                  counter(status, "agent_logged_through")
                      == counter(status, "agent_committed_through"));
      up.stop();
    }
    compare(home);
  }

  private static long logged(Api api) throws IOException, InterruptedException {
    return counter(api.get("/v1/status"), "agent_samples_logged");
  }

  private static long counter(tools.jackson.databind.JsonNode status, String name) {
    return status.path("counters").path(name).asLong();
  }

  private static void killDatabase(Path home) throws IOException, InterruptedException {
    Path data = home.resolve("postgres").resolve("data");
    long pid = PostmasterFile.in(data).orElseThrow().pid();
    UpProcess.signal("-KILL", Long.toString(pid));
  }

  /** The log's own running counts say how many records and samples it ever took. */
  private static void compare(Path home) throws SQLException {
    long records;
    long samples;
    try (FileBatchLog log =
        FileBatchLog.open(home.resolve("agent").resolve("wal"), WalConfig.defaults())) {
      records = log.nextSeq() - 1 - log.torn().size();
      samples = log.sampleCount();
    }
    assertThat(samples).isPositive();

    String password =
        DatabasePassword.of(
            new Home(home),
            TinkSecretVault.open(new Home(home).keys(), Optional.empty()),
            new SecureRandom());
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(home.resolve("postgres"), password);
        Connection connection =
            DriverManager.getConnection(postgres.jdbcUrl(), EmbeddedPostgres.USER, password)) {
      long torn = number(connection, "SELECT coalesce(sum(seq_to - seq_from + 1), 0) FROM losses");
      assertThat(number(connection, "SELECT count(*) FROM samples")).isEqualTo(samples);
      assertThat(
              number(
                  connection,
                  "SELECT count(*) FROM (SELECT DISTINCT time, series_id FROM samples) AS d"))
          .isEqualTo(samples);
      assertThat(number(connection, "SELECT count(*) FROM batch_ledger")).isEqualTo(records - torn);
      assertThat(number(connection, "SELECT sum(samples) FROM batch_ledger")).isEqualTo(samples);
      assertThat(number(connection, "SELECT max(abs(unaccounted)) FROM v_balance")).isZero();
    }
  }

  private static long number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      assertThat(rows.next()).isTrue();
      return rows.getLong(1);
    }
  }
}
