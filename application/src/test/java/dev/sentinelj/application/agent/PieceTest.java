package dev.sentinelj.application.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.session.ReconcileAnswer;
import dev.sentinelj.core.session.ReconcileQuery;
import dev.sentinelj.testkit.SignedBatches;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PieceTest {
  private static final long EPOCH = 9;

  private final List<SignedBatch> batches =
      LongStream.rangeClosed(1, 4).mapToObj(seq -> SignedBatches.data(EPOCH, seq, 10)).toList();
  private final Piece piece = Piece.of(batches, batch -> batch.id().seq() > 1);

  @Test
  void question_isAboutWhatIsDoubtful() {
    List<SignedBatch> doubtful = batches.subList(1, 4);

    assertThat(piece.question())
        .isEqualTo(
            new ReconcileQuery(
                EPOCH,
                2,
                4,
                ReconcileQuery.digestOf(doubtful.stream().map(SignedBatch::contentHash).toList())));
  }

  @Test
  void stored_whenEqual_isAllOfThat() {
    ReconcileAnswer equal = new ReconcileAnswer.Equal(EPOCH, 2, 4);

    assertThat(piece.stored(equal)).containsExactlyInAnyOrderElementsOf(batches.subList(1, 4));
  }

  @Test
  void stored_whenNot_isWhatHasTheSameContent() {
    ReconcileAnswer differs =
        new ReconcileAnswer.Differs(
            EPOCH,
            2,
            4,
            List.of(
                new ReconcileAnswer.Row(2, batches.get(1).contentHash()),
                new ReconcileAnswer.Row(3, batches.get(0).contentHash())));

    assertThat(piece.stored(differs)).containsExactly(batches.get(1));
  }

  @Test
  void none_isEmpty() {
    assertThat(Piece.NONE.isEmpty()).isTrue();
    assertThat(piece.isEmpty()).isFalse();
  }
}
