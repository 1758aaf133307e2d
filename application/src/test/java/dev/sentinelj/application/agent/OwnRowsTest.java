package dev.sentinelj.application.agent;

import static dev.sentinelj.application.agent.AgentRig.EPOCH;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.session.ReconcileAnswer;
import dev.sentinelj.core.session.ReconcileQuery;
import java.util.List;
import org.junit.jupiter.api.Test;

class OwnRowsTest {
  private static final Sha256 OTHER = Sha256.of(new byte[] {1});

  private final AgentRig rig = new AgentRig();

  @Test
  void rowsFromBeforeTheSession_areComparedBeforeAnythingIsSent() {
    rig.collect(3).open().committed(2);

    assertThat(rig.line().questions).containsExactly(question(1, 2));
    assertThat(rig.line().seqs()).isEmpty();

    rig.ours();

    assertThat(rig.line().seqs()).containsExactly(3L);
    assertThat(rig.exporter.forked()).isFalse();
  }

  @Test
  void rowsOfATwin_areAForkAndNothingIsSentBesideThem() {
    rig.collect(3).open().committed(2);

    rig.reconciled(
        new ReconcileAnswer.Differs(
            EPOCH, 1, 2, List.of(row(1), new ReconcileAnswer.Row(2, OTHER))));
    rig.pass(60_000);

    assertThat(rig.exporter.forked()).isTrue();
    assertThat(rig.line().seqs()).isEmpty();
  }

  @Test
  void rowsThatAreNotThere_areSent() {
    rig.collect(3).open().committed(2);

    rig.reconciled(new ReconcileAnswer.Differs(EPOCH, 1, 2, List.of(row(1))));

    assertThat(rig.line().seqs()).containsExactly(2L, 3L);
    assertThat(rig.exporter.forked()).isFalse();
  }

  @Test
  void manyRows_areComparedInPiecesTheNewestFirst() {
    rig.collect(600).open().committed(600);
    rig.ours().ours().ours();

    assertThat(rig.line().questions)
        .containsExactly(question(345, 600), question(89, 344), question(1, 88));
  }

  @Test
  void sentInThisSession_isNotInDoubt() {
    rig.collect(2).connect().accept(1).accept(2).committed(2).pass(100);

    assertThat(rig.line().questions).isEmpty();
  }

  @Test
  void committedInAFormerSession_isNotComparedAgain() {
    rig.collect(2).connect().accept(1).accept(2).committed(1).lost().pass(1_000);

    rig.open().committed(2);

    assertThat(rig.line().questions).containsExactly(question(2, 2));
  }

  @Test
  void marksMovedBack_areComparedOnceTheyAreThereAgain() {
    rig.collect(2).open().committed(2).ours().committed(0).lost().pass(1_000);

    rig.open().committed(2);

    assertThat(rig.line().questions).containsExactly(question(1, 2));
  }

  @Test
  void withoutAnAnswer_isWaitedFor30Seconds() {
    rig.collect(3).open().committed(2).pass(29_999);

    assertThat(rig.line().seqs()).isEmpty();

    rig.pass(1);

    assertThat(rig.line().seqs()).containsExactly(3L);
  }

  private ReconcileQuery question(long from, long to) {
    return new ReconcileQuery(EPOCH, from, to, ReconcileQuery.digestOf(rig.hashes(from, to)));
  }

  private ReconcileAnswer.Row row(long seq) {
    return new ReconcileAnswer.Row(seq, rig.hashes(seq, seq).getFirst());
  }
}
