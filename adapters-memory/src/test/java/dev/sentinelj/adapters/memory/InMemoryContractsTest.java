package dev.sentinelj.adapters.memory;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.ports.driven.AgentRegistry;
import dev.sentinelj.ports.driven.AuditQueries;
import dev.sentinelj.ports.driven.OperatorStore;
import dev.sentinelj.testkit.AuditQueriesContract;
import dev.sentinelj.testkit.EpochLockContract;
import dev.sentinelj.testkit.LossContract;
import dev.sentinelj.testkit.MetricQueriesContract;
import dev.sentinelj.testkit.ParkingContract;
import dev.sentinelj.testkit.PartitionStoreContract;
import dev.sentinelj.testkit.PartitionTransactionContract;
import dev.sentinelj.testkit.ProgressFeedContract;
import dev.sentinelj.testkit.QuarantineContract;
import dev.sentinelj.testkit.SettlementContract;
import dev.sentinelj.testkit.StoreUnderTest;
import dev.sentinelj.testkit.UnavailableStoreContract;
import org.junit.jupiter.api.Nested;

/** Every contract of the store, each test on a database in memory of its own. */
class InMemoryContractsTest {
  private final MemoryFixture memory = new MemoryFixture();

  @Nested
  class Partitions extends PartitionStoreContract {
    @Override
    protected StoreUnderTest database() {
      return memory;
    }

    @Override
    protected void leaseClockAdvances(int partition, long millis) {
      memory.clock.advance(millis);
    }
  }

  @Nested
  class EpochLocks extends EpochLockContract {
    @Override
    protected StoreUnderTest database() {
      return memory;
    }
  }

  @Nested
  class Transactions extends PartitionTransactionContract {
    @Override
    protected StoreUnderTest database() {
      return memory;
    }
  }

  @Nested
  class Losses extends LossContract {
    @Override
    protected StoreUnderTest database() {
      return memory;
    }
  }

  @Nested
  class Settlements extends SettlementContract {
    @Override
    protected StoreUnderTest database() {
      return memory;
    }
  }

  @Nested
  class Parking extends ParkingContract {
    @Override
    protected StoreUnderTest database() {
      return memory;
    }
  }

  @Nested
  class KeptAsideRows extends QuarantineContract {
    @Override
    protected StoreUnderTest database() {
      return memory;
    }
  }

  @Nested
  class Audits extends AuditQueriesContract {
    @Override
    protected StoreUnderTest database() {
      return memory;
    }

    @Override
    protected AuditQueries audits() {
      return new InMemoryAuditQueries(memory.database);
    }

    @Override
    protected AuditQueries unavailable() {
      memory.database.faults(_ -> FaultPlan.Fault.BEFORE);
      return audits();
    }

    @Override
    protected long storeMillis() {
      return memory.clock.wallMillis();
    }
  }

  @Nested
  class Queries extends MetricQueriesContract {
    @Override
    protected StoreUnderTest database() {
      return memory;
    }
  }

  @Nested
  class Feed extends ProgressFeedContract {
    @Override
    protected StoreUnderTest database() {
      return memory;
    }

    @Override
    protected AgentId deletedAgent() {
      return memory.deletedAgent();
    }
  }

  @Nested
  class Unavailable extends UnavailableStoreContract {
    Unavailable() {
      memory.database.faults(_ -> FaultPlan.Fault.BEFORE);
    }

    @Override
    protected StoreUnderTest database() {
      return memory;
    }

    @Override
    protected AgentRegistry registry() {
      return memory.registry;
    }

    @Override
    protected OperatorStore operators() {
      return new InMemoryOperatorStore(memory.database);
    }
  }
}
