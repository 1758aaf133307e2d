package dev.sentinelj.adapters.timescale;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One PostgreSQL server per test JVM, started when it is first needed; one database per caller. It
 * need not be durable.
 */
final class PostgresForTests {
  static final int PARTITIONS = 1_024;

  private static final AtomicInteger DATABASES = new AtomicInteger();

  private PostgresForTests() {}

  private static final class Server {
    static final EmbeddedPostgres POSTGRES = start();

    private static EmbeddedPostgres start() {
      try {
        return EmbeddedPostgres.builder().setServerConfig("max_connections", "200").start();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** A new, empty database. */
  static Database.Access empty() {
    String name = "test" + DATABASES.incrementAndGet();
    try (Connection connection = Server.POSTGRES.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + name);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return new Database.Access(Server.POSTGRES.getJdbcUrl("postgres", name), "postgres", "", 4);
  }

  /** A new database with the schema. */
  static Database migrated() {
    Database database = new Database(empty());
    Migrations.run(database, PARTITIONS, Migrations.Durability.NOT_NEEDED);
    return database;
  }

  /** What {@code query} says, rows by lines, columns by {@code |}. */
  static String sql(Database database, String query) {
    try (Connection connection = database.connect("test");
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      StringBuilder out = new StringBuilder();
      while (rows.next()) {
        out.append(out.isEmpty() ? "" : "\n");
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
          out.append(i == 1 ? "" : "|").append(rows.getString(i));
        }
      }
      return out.toString();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
