package dev.sentinelj.runners.server;

import dev.sentinelj.adapters.timescale.Database;
import dev.sentinelj.adapters.timescale.Migrations;
import dev.sentinelj.adapters.timescale.TimescaleMetricQueries;
import dev.sentinelj.adapters.timescale.TimescalePartitionStore;
import dev.sentinelj.adapters.timescale.TimescaleProgressFeed;
import dev.sentinelj.adapters.timescale.TimescaleQuarantineQueries;
import dev.sentinelj.auditor.DatabaseAddress;
import dev.sentinelj.ports.driven.AuditQueries;
import dev.sentinelj.ports.driven.MetricQueries;
import dev.sentinelj.ports.driven.PartitionStore;
import dev.sentinelj.ports.driven.ProgressFeed;
import dev.sentinelj.ports.driven.QuarantineQueries;
import dev.sentinelj.testkit.AuditQueriesContract;
import dev.sentinelj.testkit.StoreUnderTest;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The auditor on what the worker's own adapter wrote. */
class DatabaseAuditsTest extends AuditQueriesContract {
  private static final int PARTITIONS = 64;
  private static final AtomicInteger FRESH_PARTITION = new AtomicInteger();

  private static EmbeddedPostgres postgres;
  private static Database database;
  private static TimescalePartitionStore store;

  @BeforeAll
  static void start() throws IOException {
    postgres = EmbeddedPostgres.start();
    database = new Database(new Database.Access(url(), "postgres", "", 4));
    Migrations.run(database, PARTITIONS, Migrations.Durability.NOT_NEEDED);
    store = new TimescalePartitionStore(database, "contract");
  }

  @AfterAll
  static void stop() throws IOException {
    store.close();
    database.close();
    postgres.close();
  }

  private static String url() {
    return "jdbc:postgresql://localhost:" + postgres.getPort() + "/postgres";
  }

  @Override
  protected AuditQueries audits() {
    return new DatabaseAudits(new DatabaseAddress(url(), "postgres", Optional.empty()));
  }

  @Override
  protected AuditQueries unavailable() {
    return new DatabaseAudits(
        new DatabaseAddress("jdbc:postgresql://localhost:1/none", "nobody", Optional.empty()));
  }

  @Override
  protected long storeMillis() {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT (extract(epoch FROM now()) * 1000)::bigint")) {
      row.next();
      return row.getLong(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  protected StoreUnderTest database() {
    return new StoreUnderTest() {
      @Override
      public PartitionStore store() {
        return store;
      }

      @Override
      public ProgressFeed feed() {
        return new TimescaleProgressFeed(database);
      }

      @Override
      public MetricQueries queries() {
        return new TimescaleMetricQueries(database);
      }

      @Override
      public QuarantineQueries quarantine() {
        return new TimescaleQuarantineQueries(database);
      }

      @Override
      public int partitions() {
        return PARTITIONS;
      }

      @Override
      public int freshPartition() {
        return FRESH_PARTITION.getAndIncrement();
      }
    };
  }
}
