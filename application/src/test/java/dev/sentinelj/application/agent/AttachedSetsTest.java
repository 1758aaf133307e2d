package dev.sentinelj.application.agent;

import static dev.sentinelj.application.agent.AgentRig.SET;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.session.Downlink;
import java.util.List;
import org.junit.jupiter.api.Test;

class AttachedSetsTest {
  private final AgentRig rig = new AgentRig();

  @Test
  void set_isAttachedUntilABatchWithItWasAccepted() {
    rig.connect().collect(2).poll().accept(1).collect().poll();

    assertThat(rig.line().attachedTo(0)).containsExactly(SET.hash());
    assertThat(rig.line().attachedTo(1)).containsExactly(SET.hash());
    assertThat(rig.line().attachedTo(2)).isEmpty();
  }

  @Test
  void set_acceptedButNotCommitted_isAttachedOnceAMinute() {
    rig.connect().collect().poll().accept(1).pass(59_999).collect().poll();
    rig.pass(1).collect().poll().pass(1).collect().poll();

    assertThat(rig.line().attachedTo(1)).isEmpty();
    assertThat(rig.line().attachedTo(2)).containsExactly(SET.hash());
    assertThat(rig.line().attachedTo(3)).isEmpty();
  }

  @Test
  void set_committed_isNotAttachedAgain() {
    rig.connect().collect().poll().accept(1).committed(1).pass(120_000).collect().poll();

    assertThat(rig.line().attachedTo(1)).isEmpty();
  }

  @Test
  void set_inANewSession_isAttachedUntilAccepted() {
    rig.connect().collect().poll().accept(1).committed(1).lost().pass(1_000).connect().committed(1);
    rig.collect().poll();

    assertThat(rig.line().latest(2).envelope().envelope().attached()).containsExactly(SET.hash());
  }

  @Test
  void set_askedFor_travelsBesideWhateverGoesNextUntilAccepted() {
    SeriesSet other = AgentRig.set("other");
    rig.connect().collect().collect(other).poll().accept(1).accept(2).committed(2);

    rig.says(new Downlink.SetsNeeded(List.of(other.hash()))).collect().poll().collect().poll();

    assertThat(rig.line().attachedTo(2)).containsExactly(other.hash());
    assertThat(rig.line().attachedTo(3)).containsExactly(other.hash());

    rig.accept(3).collect().poll();

    assertThat(rig.line().attachedTo(4)).isEmpty();
  }

  @Test
  void set_askedForAndUnknown_isForgotten() {
    rig.connect().says(new Downlink.SetsNeeded(List.of(Sha256.of(new byte[1])))).collect().poll();

    assertThat(rig.line().attachedTo(0)).containsExactly(SET.hash());
  }
}
