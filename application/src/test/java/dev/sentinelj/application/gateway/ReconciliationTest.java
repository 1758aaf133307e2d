package dev.sentinelj.application.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.session.ReconcileAnswer;
import dev.sentinelj.core.session.ReconcileAnswer.Row;
import dev.sentinelj.core.session.ReconcileQuery;
import dev.sentinelj.ports.driven.ProgressFeed;
import dev.sentinelj.testkit.Stages;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ReconciliationTest {
  private static final AgentId AGENT = new AgentId("agent");

  private final Reconciliation reconciliation = new Reconciliation(new OnlyLedger());
  private List<Row> rows = List.of();

  @Test
  void answer_sameHashesInOrder_isEqual() {
    rows = rows(5, 7);

    assertThat(answer(query(5, 7, rows))).isEqualTo(new ReconcileAnswer.Equal(3, 5, 7));
  }

  @Test
  void answer_otherHashes_areTheRows() {
    rows = rows(5, 6);

    assertThat(answer(query(5, 7, rows(5, 7))))
        .isEqualTo(new ReconcileAnswer.Differs(3, 5, 7, rows));
  }

  @Test
  void answer_toTooMany_isNeverEqualAndGoesUpToTheLimit() {
    rows = rows(1, 2);

    ReconcileAnswer answer = answer(query(1, Reconciliation.MAX_SEQS + 1, rows));

    assertThat(answer).isEqualTo(new ReconcileAnswer.Differs(3, 1, Reconciliation.MAX_SEQS, rows));
    assertThat(answer(query(1, Reconciliation.MAX_SEQS, rows)))
        .isEqualTo(new ReconcileAnswer.Equal(3, 1, Reconciliation.MAX_SEQS));
  }

  @Test
  void answer_toNoRange_fails() {
    assertThat(reconciliation.answer(AGENT, query(0, 1, rows)).toCompletableFuture())
        .isCompletedExceptionally();
    assertThat(reconciliation.answer(AGENT, query(2, 1, rows)).toCompletableFuture())
        .isCompletedExceptionally();
  }

  private ReconcileAnswer answer(ReconcileQuery query) {
    return Stages.await(reconciliation.answer(AGENT, query));
  }

  private static ReconcileQuery query(long from, long to, List<Row> rows) {
    List<Sha256> hashes = rows.stream().map(Row::contentHash).toList();
    return new ReconcileQuery(3, from, to, ReconcileQuery.digestOf(hashes));
  }

  private static List<Row> rows(long from, long to) {
    return LongStream.rangeClosed(from, to)
        .mapToObj(seq -> new Row(seq, Sha256.of(new byte[] {(byte) seq})))
        .toList();
  }

  private final class OnlyLedger implements ProgressFeed {
    @Override
    public CompletionStage<List<Row>> ledger(EpochId epoch, long from, long to) {
      assertThat(epoch).isEqualTo(new EpochId(AGENT, 3));
      return CompletableFuture.completedFuture(rows);
    }

    @Override
    public CompletionStage<Page> changedSince(Optional<String> cursor) {
      throw new AssertionError("only the ledger is asked");
    }

    @Override
    public CompletionStage<EpochWord> of(EpochId epoch) {
      throw new AssertionError("only the ledger is asked");
    }

    @Override
    public CompletionStage<Void> close(EpochId epoch) {
      throw new AssertionError("only the ledger is asked");
    }

    @Override
    public CompletionStage<List<AgentId>> deleted() {
      throw new AssertionError("only the ledger is asked");
    }
  }
}
