package dev.sentinelj.runners.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedPostgresTest {
  @TempDir Path home;

  @Test
  void start_afterItsServerWasLeftOver_keepsTheDataAndTheSettingsAreDurable() throws SQLException {
    EmbeddedPostgres first = EmbeddedPostgres.start(home, "a-password");
    update(first, "CREATE TABLE kept (n int)");
    update(first, "INSERT INTO kept VALUES (42)");

    // not closed: the server of a killed process goes on
    try (EmbeddedPostgres second = EmbeddedPostgres.start(home, "a-password")) {
      assertThat(query(second, "SELECT n FROM kept")).isEqualTo("42");
      assertThat(query(second, "SHOW fsync")).isEqualTo("on");
      assertThat(query(second, "SHOW synchronous_commit")).isEqualTo("on");
      assertThat(query(second, "SHOW data_checksums")).isEqualTo("on");
      assertThat(second.jdbcUrl()).isNotEqualTo(first.jdbcUrl());
      assertThatThrownBy(
              () -> DriverManager.getConnection(second.jdbcUrl(), EmbeddedPostgres.USER, "wrong"))
          .hasMessageContaining("authentication failed");
    }
  }

  @Test
  void start_withAnotherPassword_saysSoAndLeavesNoServer() {
    EmbeddedPostgres.start(home, "a-password").close();

    assertThatThrownBy(() -> EmbeddedPostgres.start(home, "another"))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("another password");

    assertThat(home.resolve("data/postmaster.pid")).doesNotExist();
  }

  private static void update(EmbeddedPostgres server, String sql) throws SQLException {
    try (Connection connection = connect(server);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String query(EmbeddedPostgres server, String sql) throws SQLException {
    try (Connection connection = connect(server);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      assertThat(rows.next()).isTrue();
      return rows.getString(1);
    }
  }

  private static Connection connect(EmbeddedPostgres server) throws SQLException {
    return DriverManager.getConnection(server.jdbcUrl(), EmbeddedPostgres.USER, server.password());
  }
}
