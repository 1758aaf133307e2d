package dev.sentinelj.runners.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.ports.driven.AuditQueries.AgentAudit;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RememberedAuditsTest {
  private static final AgentId WEB = new AgentId("web-1");

  private long now;
  private long tookNanos;
  private int asked;
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

  private AgentAudit audit(AgentId agent) {
    asked++;
    now += tookNanos;
    return new AgentAudit(asked, List.of());
  }
}
