package dev.sentinelj.bench;

import dev.sentinelj.adapters.files.FileClusterKey;
import dev.sentinelj.adapters.files.TinkSecretVault;
import dev.sentinelj.core.access.Password;
import dev.sentinelj.core.signing.Secret;
import dev.sentinelj.runners.standalone.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** The PostgreSQL inside a running {@link Up}, seen from beside. */
final class UpDatabase {
  private static final int PID_LINE = 0;
  private static final int PORT_LINE = 3;

  private final String url;
  private final String password;
  private final ProcessHandle server;

  private UpDatabase(String url, String password, ProcessHandle server) {
    this.url = url;
    this.password = password;
    this.server = server;
  }

  /** Reads port and password where {@code sentinel up} keeps them. */
  static UpDatabase of(Path home) throws IOException {
    List<String> lines = Files.readAllLines(home.resolve("postgres/data/postmaster.pid"));
    TinkSecretVault vault = TinkSecretVault.open(home.resolve("keys"), Optional.empty());
    Secret secret =
        FileClusterKey.openOrCreate(home.resolve("keys/database"), vault, new SecureRandom());
    return new UpDatabase(
        "jdbc:postgresql://127.0.0.1:"
            + lines.get(PORT_LINE).strip()
            + "/"
            + EmbeddedPostgres.DATABASE,
        Password.digest(HexFormat.of().formatHex(secret.reveal())),
        ProcessHandle.of(Long.parseLong(lines.get(PID_LINE).strip())).orElseThrow());
  }

  ProcessHandle server() {
    return server;
  }

  Connection connect() throws SQLException {
    return DriverManager.getConnection(url, EmbeddedPostgres.USER, password);
  }

  /** Samples stored since the beginning, as the balances say. */
  static long stored(Connection connection) throws SQLException {
    return number(connection, "SELECT coalesce(sum(stored), 0)::bigint FROM agent_progress");
  }

  /** Transactions with batches that began in the last {@code seconds}. */
  static long transactions(Connection connection, int seconds) throws SQLException {
    return number(
        connection,
        "SELECT count(DISTINCT committed_at) FROM batch_ledger"
            + " WHERE committed_at > now() - make_interval(secs => "
            + seconds
            + ")");
  }

  static long number(Connection connection, String constant) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(constant)) {
      row.next();
      return row.getLong(1);
    }
  }
}
