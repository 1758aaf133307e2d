package dev.sentinelj.application.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.batch.SignedBatch;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LanesTest {
  private static final long OLD = 60_001;

  private final AgentRig rig = new AgentRig();
  private final Set<Long> settled = new HashSet<>();
  private final Lanes lanes = new Lanes(rig.log, rig.terms, settled::contains);

  @Test
  void olderThanTheSession_isInNeitherLaneUntilReleased() {
    rig.collect(2);
    lanes.opened();
    rig.collect(1);

    assertThat(taken(lanes.fresh())).containsExactly(3L);
    assertThat(taken(lanes.backlog())).isEmpty();

    lanes.release();

    assertThat(taken(lanes.backlog())).containsExactly(1L, 2L);
    assertThat(lanes.nothingNext()).isTrue();
  }

  @Test
  void release_beforeAnythingWasSent_leavesOneOrder() {
    rig.collect(2);
    lanes.opened();
    rig.collect(1);

    lanes.release();

    assertThat(taken(lanes.fresh())).containsExactly(1L, 2L, 3L);
    assertThat(taken(lanes.backlog())).isEmpty();
  }

  @Test
  void split_movesWhatIsOldToTheBacklog() {
    rig.collect(3).pass(OLD).collect(2);
    lanes.opened();
    lanes.release();

    lanes.split(rig.now);

    assertThat(lanes.late(rig.now)).isTrue();
    assertThat(taken(lanes.fresh())).containsExactly(4L, 5L);
    assertThat(taken(lanes.backlog())).containsExactly(1L, 2L, 3L);
  }

  @Test
  void split_ofAMinute_movesNothing() {
    rig.collect(1).pass(OLD - 1).collect(1);
    lanes.opened();
    lanes.release();

    lanes.split(rig.now);

    assertThat(lanes.late(rig.now)).isFalse();
    assertThat(taken(lanes.fresh())).containsExactly(1L, 2L);
  }

  @Test
  void split_beforeTheRelease_movesNothing() {
    rig.collect(1);
    lanes.opened();
    rig.collect(1).pass(OLD);

    lanes.split(rig.now);

    assertThat(taken(lanes.fresh())).containsExactly(2L);
  }

  @Test
  void split_fallenBehindAgain_growsTheBacklog() {
    rig.collect(1).pass(OLD).collect(2);
    lanes.opened();
    lanes.release();
    lanes.split(rig.now);

    rig.pass(OLD).collect(1);
    lanes.split(rig.now);

    assertThat(taken(lanes.fresh())).containsExactly(4L);
    assertThat(taken(lanes.backlog())).containsExactly(1L, 2L, 3L);
  }

  @Test
  void rewind_goesThroughWhatIsNotSettledOnceMore() {
    rig.collect(4);
    lanes.opened();
    lanes.release();
    assertThat(taken(lanes.fresh())).hasSize(4);
    settled.add(3L);

    lanes.rewind(2);

    assertThat(taken(lanes.backlog())).containsExactly(2L, 4L);
  }

  @Test
  void rewind_beforeTheRelease_doesNotPassTheSession() {
    rig.collect(3);
    lanes.opened();
    rig.collect(1);

    assertThat(taken(lanes.fresh())).containsExactly(4L);

    lanes.rewind(2);

    assertThat(taken(lanes.backlog())).containsExactly(2L, 3L);
  }

  @Test
  void oldestMillis_isOfTheOlderHead() {
    assertThat(lanes.oldestMillis()).isEqualTo(Long.MAX_VALUE);

    rig.collect(1).pass(OLD).collect(1);
    lanes.opened();
    lanes.release();
    lanes.split(rig.now);

    assertThat(lanes.oldestMillis()).isEqualTo(AgentRig.T0);
  }

  private static List<Long> taken(LogLane lane) {
    List<Long> seqs = new ArrayList<>();
    for (Optional<SignedBatch> next = lane.peek(); next.isPresent(); next = lane.peek()) {
      seqs.add(next.get().id().seq());
      lane.taken();
    }
    return seqs;
  }
}
