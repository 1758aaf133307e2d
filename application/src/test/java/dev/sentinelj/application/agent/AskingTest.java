package dev.sentinelj.application.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.driven.Uplink;
import org.junit.jupiter.api.Test;

class AskingTest {
  private static final Now NOW = new Now(AgentRig.T0, 7_000_000_000L);

  private final ScriptedUplink uplink = new ScriptedUplink();
  private final Uplink.Session session = session();
  private final Asking asking = new Asking();

  @Test
  void due_onceInASessionUntilNoAnswerCameForAMinute() {
    assertThat(asking.due(session, NOW)).isTrue();
    assertThat(asking.due(session, NOW.plusMillis(59_999))).isFalse();
    assertThat(asking.due(session, NOW.plusMillis(60_000))).isTrue();
    assertThat(asking.due(session, NOW.plusMillis(60_001))).isFalse();
  }

  @Test
  void due_inAnotherSession_atOnce() {
    asking.due(session, NOW);

    assertThat(asking.due(session(), NOW)).isTrue();
  }

  @Test
  void answered_givesTheSessionAndLetsTheNextBeAskedAtOnce() {
    asking.due(session, NOW);

    assertThat(asking.answered()).isSameAs(session);
    assertThat(asking.answered()).isNull();
    assertThat(asking.due(session, NOW)).isTrue();
  }

  private Uplink.Session session() {
    EpochId epoch = new EpochId(AgentRig.AGENT, AgentRig.EPOCH);
    return uplink.open(new Uplink.Opening(epoch, AgentRig.KEY, "test", 1, AgentRig.T0), _ -> {});
  }
}
