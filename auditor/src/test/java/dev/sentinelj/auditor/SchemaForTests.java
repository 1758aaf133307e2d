package dev.sentinelj.auditor;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A PostgreSQL with the schema of this build, made from its scripts alone. */
final class SchemaForTests {
  static final DatabaseAddress ADDRESS = start();

  private static final AtomicInteger AGENTS = new AtomicInteger();

  private SchemaForTests() {}

  /** An agent that no other test knows. */
  static String newAgent() {
    return "agent-" + AGENTS.incrementAndGet();
  }

  static void sql(String text) {
    try (Connection connection = DriverManager.getConnection(ADDRESS.url(), ADDRESS.user(), "");
        Statement statement = connection.createStatement()) {
      statement.execute(text);
    } catch (SQLException e) {
      throw new IllegalStateException(text, e);
    }
  }

  private static DatabaseAddress start() {
    try {
      EmbeddedPostgres postgres = EmbeddedPostgres.builder().start();
      String url = "jdbc:postgresql://localhost:" + postgres.getPort() + "/postgres";
      try (Connection connection = postgres.getPostgresDatabase().getConnection();
          Statement statement = connection.createStatement()) {
        for (Path script : scripts()) {
          statement.execute(Files.readString(script));
        }
      }
      return new DatabaseAddress(url, "postgres", Optional.empty());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<Path> scripts() throws IOException {
    Path migrations = Path.of("..", "sql", "src", "main", "resources", "db", "migration");
    try (Stream<Path> common = Files.list(migrations.resolve("common"));
        Stream<Path> local = Files.list(migrations.resolve("native"))) {
      return Stream.concat(common, local)
          .sorted(Comparator.comparing(path -> String.valueOf(path.getFileName())))
          .toList();
    }
  }
}
