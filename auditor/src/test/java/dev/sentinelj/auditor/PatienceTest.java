package dev.sentinelj.auditor;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PatienceTest {
  @Test
  void audit_ofATableSomebodyHasForHimself_isGivenUp() throws SQLException {
    Auditor hurried =
        new Auditor(SchemaForTests.ADDRESS, new Patience(Duration.ZERO, Duration.ofMillis(50)));

    try (Connection holder =
            DriverManager.getConnection(
                SchemaForTests.ADDRESS.url(), SchemaForTests.ADDRESS.user(), "");
        Statement statement = holder.createStatement()) {
      holder.setAutoCommit(false);
      statement.execute("LOCK TABLE agent_progress IN ACCESS EXCLUSIVE MODE");

      assertThatThrownBy(() -> hurried.audit(Scope.ALL))
          .isInstanceOf(AuditFailedException.class)
          .hasMessageContaining("lock timeout");
    }
  }

  @Test
  void audit_ofADatabaseThatSaysNothing_isGivenUp() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      DatabaseAddress address =
          new DatabaseAddress(
              "jdbc:postgresql://127.0.0.1:" + silent.getLocalPort() + "/postgres",
              "postgres",
              Optional.empty());

      assertThatThrownBy(() ->
              new Auditor(address, new Patience(Duration.ofMillis(1), Duration.ZERO))
                  .audit(Scope.ALL))
          .isInstanceOf(AuditFailedException.class);
    }
  }
}
