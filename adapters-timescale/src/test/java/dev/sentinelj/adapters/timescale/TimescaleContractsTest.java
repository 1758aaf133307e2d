package dev.sentinelj.adapters.timescale;

import static dev.sentinelj.adapters.timescale.jooq.Tables.AGENTS;
import static dev.sentinelj.adapters.timescale.jooq.Tables.PARTITION_LEASES;

import com.zaxxer.hikari.HikariDataSource;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.ports.driven.AgentRegistry;
import dev.sentinelj.ports.driven.MetricQueries;
import dev.sentinelj.ports.driven.OperatorStore;
import dev.sentinelj.ports.driven.PartitionStore;
import dev.sentinelj.ports.driven.ProgressFeed;
import dev.sentinelj.ports.driven.QuarantineQueries;
import dev.sentinelj.testkit.AgentRegistryContract;
import dev.sentinelj.testkit.EpochLockContract;
import dev.sentinelj.testkit.LossContract;
import dev.sentinelj.testkit.MetricQueriesContract;
import dev.sentinelj.testkit.OperatorStoreContract;
import dev.sentinelj.testkit.ParkingContract;
import dev.sentinelj.testkit.PartitionStoreContract;
import dev.sentinelj.testkit.PartitionTransactionContract;
import dev.sentinelj.testkit.ProgressFeedContract;
import dev.sentinelj.testkit.QuarantineContract;
import dev.sentinelj.testkit.SettlementContract;
import dev.sentinelj.testkit.StoreUnderTest;
import dev.sentinelj.testkit.UnavailableStoreContract;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jooq.types.DayToSecond;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

/**
 * Every contract of the store, on a real PostgreSQL: one database for all but the operators, which
 * want an empty one.
 */
class TimescaleContractsTest {
  private static final AtomicInteger FRESH_PARTITION = new AtomicInteger();
  private static Database database;
  private static TimescalePartitionStore store;
  private static TimescalePartitionStore other;

  @BeforeAll
  static void start() {
    database = PostgresForTests.migrated();
    store = new TimescalePartitionStore(database, "contract");
    other = new TimescalePartitionStore(database, "other");
  }

  @AfterAll
  static void stop() {
    store.close();
    other.close();
    database.close();
  }

  private static AgentId addDeleted(AgentId agent) {
    database.ask(
        "entering a deleted agent",
        dsl ->
            dsl.insertInto(AGENTS)
                .set(AGENTS.ID, agent.value())
                .set(AGENTS.HARDWARE_ID, "hardware")
                .set(AGENTS.VERSION, "1")
                .set(AGENTS.REGISTERED_AT, Times.of(1))
                .set(AGENTS.DELETED_AT, Times.of(2))
                .execute());
    return agent;
  }

  private static final AtomicInteger ASKED = new AtomicInteger();

  /** Two strands in turn, because one does one thing at a time. */
  private static PartitionStore nextStrand() {
    return ASKED.getAndIncrement() % 2 == 0 ? store : other;
  }

  private record Contracted(Database database, Supplier<PartitionStore> strand)
      implements StoreUnderTest {
    @Override
    public PartitionStore store() {
      return strand.get();
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
      return PostgresForTests.PARTITIONS;
    }

    @Override
    public int freshPartition() {
      return FRESH_PARTITION.getAndIncrement();
    }
  }

  @Nested
  class Partitions extends PartitionStoreContract {
    @Override
    protected void leaseClockAdvances(int partition, long millis) {
      database.ask(
          "moving the end of a lease",
          dsl ->
              dsl.update(PARTITION_LEASES)
                  .set(
                      PARTITION_LEASES.EXPIRES_AT,
                      PARTITION_LEASES.EXPIRES_AT.minus(
                          DayToSecond.valueOf(Duration.ofMillis(millis))))
                  .where(PARTITION_LEASES.PARTITION.eq(partition))
                  .execute());
    }

    @Override
    protected StoreUnderTest database() {
      return new Contracted(database, () -> store);
    }
  }

  @Nested
  class EpochLocks extends EpochLockContract {
    @Override
    protected StoreUnderTest database() {
      return new Contracted(database, TimescaleContractsTest::nextStrand);
    }
  }

  @Nested
  class Transactions extends PartitionTransactionContract {
    @Override
    protected StoreUnderTest database() {
      return new Contracted(database, () -> store);
    }
  }

  @Nested
  class Losses extends LossContract {
    @Override
    protected StoreUnderTest database() {
      return new Contracted(database, () -> store);
    }
  }

  @Nested
  class Settlements extends SettlementContract {
    @Override
    protected StoreUnderTest database() {
      return new Contracted(database, () -> store);
    }
  }

  @Nested
  class Parking extends ParkingContract {
    @Override
    protected StoreUnderTest database() {
      return new Contracted(database, () -> store);
    }
  }

  @Nested
  class KeptAsideRows extends QuarantineContract {
    @Override
    protected StoreUnderTest database() {
      return new Contracted(database, TimescaleContractsTest::nextStrand);
    }
  }

  @Nested
  class Queries extends MetricQueriesContract {
    @Override
    protected StoreUnderTest database() {
      return new Contracted(database, () -> store);
    }
  }

  @Nested
  class Feed extends ProgressFeedContract {
    @Override
    protected AgentId deletedAgent() {
      return addDeleted(new AgentId("gone-" + UUID.randomUUID()));
    }

    @Override
    protected StoreUnderTest database() {
      return new Contracted(database, TimescaleContractsTest::nextStrand);
    }
  }

  @Nested
  class Agents extends AgentRegistryContract {
    @Override
    protected AgentRegistry registry() {
      return new TimescaleAgentRegistry(database);
    }

    @Override
    protected void delete(AgentId agent, long atMillis) {
      database.ask(
          "deleting an agent",
          dsl ->
              dsl.update(AGENTS)
                  .set(AGENTS.DELETED_AT, Times.of(atMillis))
                  .where(AGENTS.ID.eq(agent.value()))
                  .execute());
    }
  }

  @Nested
  class Operators extends OperatorStoreContract {
    private final OperatorStore operators = new TimescaleOperatorStore(PostgresForTests.migrated());

    @Override
    protected OperatorStore store() {
      return operators;
    }
  }

  /** Nobody listens there, and the pool has no connection left either. */
  @Nested
  class Unavailable extends UnavailableStoreContract {
    private static final Database GONE =
        new Database(new Database.Access("jdbc:postgresql://localhost:1/none", "nobody", "", 1));
    private static final TimescalePartitionStore GONE_STORE =
        new TimescalePartitionStore(GONE, "gone");

    @BeforeAll
    static void closePool() {
      ((HikariDataSource) GONE.pool()).close();
    }

    @AfterAll
    static void stop() {
      GONE_STORE.close();
      GONE.close();
    }

    @Override
    protected StoreUnderTest database() {
      return new Contracted(GONE, () -> GONE_STORE);
    }

    @Override
    protected AgentRegistry registry() {
      return new TimescaleAgentRegistry(GONE);
    }

    @Override
    protected OperatorStore operators() {
      return new TimescaleOperatorStore(GONE);
    }
  }
}
