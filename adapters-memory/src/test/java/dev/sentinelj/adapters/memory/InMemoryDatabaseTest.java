package dev.sentinelj.adapters.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sentinelj.adapters.memory.FaultPlan.Fault;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.PartitionStore;
import dev.sentinelj.ports.driven.PartitionStore.Lease;
import dev.sentinelj.ports.driven.PartitionStore.LeaseAnswer;
import dev.sentinelj.ports.driven.PartitionStore.Outcome;
import dev.sentinelj.ports.driven.PartitionStore.Script;
import dev.sentinelj.testkit.Stages;
import dev.sentinelj.testkit.TestBatches;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class InMemoryDatabaseTest {
  private final MemoryFixture memory = new MemoryFixture();
  private final BatchId id = new BatchId(TestBatches.freshEpoch(), 1);
  private final Script claiming =
      tx -> tx.claim(List.of(TestBatches.claim(id, Sha256.of(new byte[1]), 1)));

  @Test
  void faultBefore_meansThatNothingHappened() {
    Lease lease = lease(memory.store());
    memory.database.faults(FaultPlan.next(1, Fault.BEFORE));

    assertThatThrownBy(() -> Stages.await(memory.store().transact(lease, claiming)))
        .isInstanceOf(PortUnavailableException.class);

    assertThat(memory.database.ledger()).isEmpty();
    assertThat(Stages.await(memory.store().transact(lease, claiming)))
        .isEqualTo(new Outcome.Committed());
  }

  @Test
  void faultDuring_meansThatTheScriptRanForNothing() {
    Lease lease = lease(memory.store());
    AtomicInteger runs = new AtomicInteger();
    Script counted =
        tx -> {
          claiming.run(tx);
          runs.incrementAndGet();
        };

    memory.database.faults(FaultPlan.next(1, Fault.DURING));
    assertThatThrownBy(() -> Stages.await(memory.store().transact(lease, counted)))
        .isInstanceOf(PortUnavailableException.class);
    memory.database.faults(FaultPlan.next(1, Fault.ROLLBACK));
    assertThat(Stages.await(memory.store().transact(lease, counted)))
        .isInstanceOf(Outcome.RolledBack.class);

    assertThat(runs).hasValue(2);
    assertThat(memory.database.ledger()).isEmpty();
  }

  @Test
  void fault_failsTheStageWithNothingAroundIt() {
    memory.database.faults(FaultPlan.next(1, Fault.BEFORE));

    assertThat(memory.feed().of(id.epoch()).toCompletableFuture().exceptionNow())
        .isInstanceOf(PortUnavailableException.class);
  }

  @Test
  void faultAfter_meansThatItWasCommittedAndNobodyKnows() {
    Lease lease = lease(memory.store());
    memory.database.faults(FaultPlan.next(1, Fault.AFTER));

    assertThatThrownBy(() -> Stages.await(memory.store().transact(lease, claiming)))
        .isInstanceOf(PortUnavailableException.class);

    assertThat(memory.database.ledger()).containsOnlyKeys(id);
  }

  @Test
  void fault_reachesEveryPort() {
    memory.database.faults(FaultPlan.next(Integer.MAX_VALUE, Fault.BEFORE));

    assertThatThrownBy(() -> Stages.await(memory.feed().of(id.epoch())))
        .isInstanceOf(PortUnavailableException.class);
    assertThatThrownBy(() -> Stages.await(memory.registry.find(id.agent())))
        .isInstanceOf(PortUnavailableException.class);
    assertThatThrownBy(memory.queries()::describe).isInstanceOf(PortUnavailableException.class);
    assertThatThrownBy(() -> new InMemoryOperatorStore(memory.database).find("admin"))
        .isInstanceOf(PortUnavailableException.class);
  }

  @Test
  void seededFaults_comeInTheirShares() {
    FaultPlan plan = FaultPlan.seeded(new SplittableRandom(5), 0.2, 0.3);
    List<Fault> drawn = Stream.generate(() -> plan.next("call")).limit(1_000).toList();

    assertThat(drawn).filteredOn(FaultPlan.NOTHING_HAPPENS::contains).hasSizeBetween(150, 250);
    assertThat(drawn).filteredOn(Fault.AFTER::equals).hasSizeBetween(250, 350);
  }

  @Test
  void executor_decidesWhenAScriptRunsAndWhenItIsAnswered() {
    Lease lease = lease(memory.store());
    Queue<Runnable> tasks = new ArrayDeque<>();
    PartitionStore delayed =
        new InMemoryPartitionStore(memory.database, tasks::add, new SplittableRandom(2));

    CompletableFuture<Outcome> outcome = delayed.transact(lease, claiming).toCompletableFuture();
    assertThat(outcome).isNotDone();
    assertThat(memory.database.ledger()).isEmpty();

    tasks.remove().run();
    assertThat(memory.database.ledger()).containsOnlyKeys(id);
    assertThat(outcome).isNotDone();

    tasks.remove().run();
    assertThat(outcome).isCompletedWithValue(new Outcome.Committed());
  }

  private static Lease lease(PartitionStore store) {
    LeaseAnswer answer = Stages.await(store.lease(0, "worker", Optional.empty()));
    return ((LeaseAnswer.Granted) answer).lease();
  }
}
