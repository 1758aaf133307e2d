package dev.sentinelj.application.worker;

import static dev.sentinelj.application.worker.WorkerForTests.SET;
import static dev.sentinelj.application.worker.WorkerForTests.withSet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.adapters.memory.FaultPlan.Fault;
import dev.sentinelj.application.gateway.Enrolment;
import dev.sentinelj.core.access.Principal;
import dev.sentinelj.core.access.Role;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.block.Block;
import dev.sentinelj.core.signing.AgentKey;
import dev.sentinelj.ports.driving.EnrolAgents;
import dev.sentinelj.testkit.Stages;
import dev.sentinelj.testkit.TestBatches;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A registry that is silent while agents get new keys. */
class WorkerRegistryTest {
  private final WorkerForTests worker = new WorkerForTests();

  @Test
  void poll_aNewKeyWhileTheRegistryIsSilent_waitsAndKeepsNothingAside() {
    worker.publish(withSet(worker.batch(1), SET));
    worker.run(100);
    AgentKey renewed = enrolAgain();
    worker.database.faults(call -> call.equals("find") ? Fault.BEFORE : Fault.NONE);

    worker.publish(withSet(signed(renewed)));
    worker.run(3_000);

    assertThat(worker.stored()).isEqualTo(4);
    assertThat(worker.quarantined()).isEmpty();
    assertThat(worker.counters.total("worker_registry_waits")).isPositive();

    worker.database.faults(_ -> Fault.NONE);
    worker.run(10_000);

    assertThat(worker.stored()).isEqualTo(8);
    assertThat(worker.quarantined()).isEmpty();
  }

  private AgentKey enrolAgain() {
    Enrolment enrolment = new Enrolment(worker.registry, worker.vault, worker.random);
    EnrolAgents.TokenRequest request =
        new EnrolAgents.TokenRequest(Optional.of(worker.agent()), Map.of(), 1, Duration.ofHours(1));
    Principal admin = new Principal("op", Role.ADMIN);
    String token = Stages.await(enrolment.createToken(request, admin, worker.now)).token();
    EnrolAgents.Enrolled.Welcome welcome =
        (EnrolAgents.Enrolled.Welcome)
            Stages.await(enrolment.enrol(token, "hardware", "1.0", worker.now));
    return new AgentKey(welcome.key(), welcome.secret());
  }

  /** The second batch of the epoch. */
  private SignedBatch signed(AgentKey key) {
    long now = worker.now.wallMillis();
    return TestBatches.data(
        worker.codec,
        key,
        new BatchId(worker.epoch, 2),
        4,
        now,
        List.of(new Block(SET.hash(), TestBatches.columns(2, 2, now, 1))));
  }
}
