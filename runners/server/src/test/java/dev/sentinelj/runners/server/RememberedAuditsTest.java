package dev.sentinelj.runners.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.ports.driven.AuditQueries.AgentAudit;
import dev.sentinelj.ports.driven.AuditQueries.BusyException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RememberedAuditsTest {
  private static final AgentId WEB = new AgentId("web-1");

  private long now;
  private long tookNanos;
  private int asked;
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch hung = new CountDownLatch(1);
  private final RememberedAudits audits = new RememberedAudits(this::audit, () -> now);

  @Test
  void audit_askedByTenPages_asksTheDatabaseOnce() {
    for (int page = 0; page < 10; page++) {
      assertThat(audits.audit(WEB).atMillis()).isEqualTo(1);
    }

    assertThat(asked).isEqualTo(1);
  }

  @Test
  void audit_afterFiveSeconds_asksAgain() {
    audits.audit(WEB);
    now += RememberedAudits.MIN_NANOS - 1;
    assertThat(audits.audit(WEB).atMillis()).isEqualTo(1);
    now += 1;
    assertThat(audits.audit(WEB).atMillis()).isEqualTo(2);
  }

  @Test
  void audit_thatTakesLong_isGoodForLong() {
    tookNanos = TimeUnit.SECONDS.toNanos(3);
    audits.audit(WEB);
    now += TimeUnit.SECONDS.toNanos(59);
    assertThat(audits.audit(WEB).atMillis()).isEqualTo(1);
    now += TimeUnit.SECONDS.toNanos(1);
    assertThat(audits.audit(WEB).atMillis()).isEqualTo(2);
  }

  @Test
  void audit_ofTooManyAgents_forgetsTheOldest() {
    audits.audit(WEB);
    for (int i = 0; i < RememberedAudits.MAX_AGENTS; i++) {
      audits.audit(new AgentId("other-" + i));
    }
    asked = 0;

    audits.audit(new AgentId("other-1"));
    assertThat(asked).isZero();
    audits.audit(WEB);
    assertThat(asked).isEqualTo(1);
  }

  @Test
  void audit_whileAnotherDoesNotEnd_isNotWaitedForForEver() throws Exception {
    RememberedAudits impatient = hanging(Duration.ofMillis(1), 2);

    Future<AgentAudit> other = hang(impatient);

    assertThatThrownBy(() -> impatient.audit(WEB)).isInstanceOf(BusyException.class);
    hung.countDown();
    assertThat(other.get().atMillis()).isEqualTo(1);
    assertThat(impatient.audit(WEB).atMillis()).isEqualTo(2);
  }

  @Test
  void audit_whenTooManyAsk_isRefusedAtOnce() throws Exception {
    RememberedAudits narrow = hanging(Duration.ofDays(1), 1);

    Future<AgentAudit> other = hang(narrow);

    assertThatThrownBy(() -> narrow.audit(WEB)).isInstanceOf(BusyException.class);
    hung.countDown();
    assertThat(other.get().atMillis()).isEqualTo(1);
  }

  @Test
  void audit_whileAnotherRuns_givesTheFormerAnswerForAMinuteAtMost() throws Exception {
    RememberedAudits impatient = hanging(Duration.ofMillis(1), 2);
    impatient.audit(WEB);
    now += RememberedAudits.MIN_NANOS;
    Future<AgentAudit> other = hang(impatient);

    now += RememberedAudits.LATE_NANOS - 1;
    assertThat(impatient.audit(WEB).atMillis()).isEqualTo(1);
    now += 1;
    assertThatThrownBy(() -> impatient.audit(WEB)).isInstanceOf(BusyException.class);

    hung.countDown();
    assertThat(other.get().atMillis()).isEqualTo(2);
  }

  private RememberedAudits hanging(Duration turn, int asking) {
    return new RememberedAudits(this::hangOnOthers, () -> now, turn, asking);
  }

  /** An audit of another agent, which has begun on return and ends when told. */
  private Future<AgentAudit> hang(RememberedAudits asked) throws InterruptedException {
    CompletableFuture<AgentAudit> audit =
        CompletableFuture.supplyAsync(() -> asked.audit(new AgentId("hangs")));
    begun.await();
    return audit;
  }

  private AgentAudit hangOnOthers(AgentId agent) {
    if (!agent.equals(WEB)) {
      begun.countDown();
      await(hung);
    }
    return audit(agent);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private AgentAudit audit(AgentId agent) {
    asked++;
    now += tookNanos;
    return new AgentAudit(asked, List.of());
  }
}
