package dev.sentinelj.application.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.application.gateway.AgentDirectory.Answer;
import dev.sentinelj.application.gateway.HeldAgents.Held;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.time.Now;
import org.junit.jupiter.api.Test;

class HeldAgentsTest {
  private static final Now NOW = new Now(1_800_000_000_000L, 5_000_000_000L);
  private static final AgentId AGENT = new AgentId("agent");
  private static final Held FOUND = Held.found(DerivedKeys.NONE, NOW.monotonicNanos());
  private static final Held UNKNOWN = Held.absent(new Answer.Unknown(), NOW.monotonicNanos());

  private final HeldAgents held = new HeldAgents();

  @Test
  void believed_isWhatIsYoungerThanTwoSeconds() {
    held.keep(AGENT, FOUND);

    assertThat(held.believed(AGENT, false, NOW.plusMillis(1_999))).contains(FOUND.answer());
    assertThat(held.believed(AGENT, false, NOW.plusMillis(2_000))).isEmpty();
  }

  @Test
  void believed_whilePausing_isAnAgentYoungerThanAnHour() {
    held.keep(AGENT, FOUND);

    assertThat(held.believed(AGENT, true, NOW.plusMillis(3_599_999))).contains(FOUND.answer());
    assertThat(held.believed(AGENT, true, NOW.plusMillis(3_600_000))).isEmpty();
  }

  @Test
  void absence_isNeverBelievedForLonger() {
    held.keep(AGENT, UNKNOWN);

    assertThat(held.believed(AGENT, true, NOW.plusMillis(1_999))).contains(new Answer.Unknown());
    assertThat(held.believed(AGENT, true, NOW.plusMillis(2_000))).isEmpty();
    assertThat(held.stale(AGENT, NOW)).isEmpty();
  }

  @Test
  void keep_ofTheOther_replacesWhatWasSaid() {
    held.keep(AGENT, FOUND);
    held.keep(AGENT, UNKNOWN);
    assertThat(held.believed(AGENT, false, NOW)).contains(new Answer.Unknown());
    assertThat(held.size()).isZero();

    held.keep(AGENT, FOUND);

    assertThat(held.believed(AGENT, false, NOW)).contains(FOUND.answer());
    assertThat(held.size()).isEqualTo(1);
  }

  @Test
  void madeUpIds_driveNoAgentOut() {
    held.keep(AGENT, FOUND);

    for (int i = 0; i <= AgentDirectory.MAX_ABSENT; i++) {
      held.keep(new AgentId("made-up-" + i), UNKNOWN);
    }

    assertThat(held.believed(AGENT, false, NOW)).contains(FOUND.answer());
    assertThat(held.believed(new AgentId("made-up-0"), false, NOW)).isEmpty();
    assertThat(held.believed(new AgentId("made-up-1"), false, NOW)).isPresent();
  }
}
