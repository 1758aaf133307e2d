package dev.sentinelj.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.ports.driven.BusPosition;
import dev.sentinelj.ports.driven.PartitionStore.Lease;
import dev.sentinelj.ports.driven.PartitionStore.Outcome;
import dev.sentinelj.ports.driven.PartitionStore.Script;
import dev.sentinelj.ports.driven.PartitionTransaction.LedgerAnswer;
import dev.sentinelj.ports.driven.PartitionTransaction.QuarantineRow;
import dev.sentinelj.ports.driven.QuarantineQueries;
import dev.sentinelj.ports.driven.QuarantineQueries.Entry;
import dev.sentinelj.ports.driven.QuarantineQueries.Filter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** What is kept aside, read back, repaired and marked. */
public abstract class QuarantineContract extends StoreContract {
  private static final long T = 1_735_689_600_000L;

  private final BatchId id = new BatchId(TestBatches.freshEpoch(), 3);
  private final AgentId agent = id.agent();
  private final String reason = "reason-" + agent;

  @Test
  void list_tellsTheNewestFirst_whole() {
    keep(row("first"), row("second"), row("third"));

    List<Entry> newest = quarantine().list(filter(2));

    assertThat(newest).extracting(Entry::detail).containsExactly("third", "second");
    assertThat(newest.getFirst())
        .isEqualTo(
            new Entry(
                newest.getFirst().id(),
                Optional.of(agent.value()),
                Optional.of(id.epoch().epoch()),
                Optional.of(3L),
                reason,
                "third",
                T,
                4,
                2,
                0,
                ""));
  }

  @Test
  void list_beforeAnId_goesOnBehindIt() {
    keep(row("first"), row("second"), row("third"));

    List<Entry> page = quarantine().list(filter(1));
    long before = page.getLast().id();

    assertThat(quarantine().list(new Filter(Optional.of(agent), Optional.empty(), before, 10)))
        .extracting(Entry::detail)
        .containsExactly("second", "first");
  }

  @Test
  void list_filtersByAgentAndReason() {
    QuarantineRow nobodys =
        new QuarantineRow(Optional.empty(), reason, "nobody", T, 0, new byte[1]);
    QuarantineRow other = new QuarantineRow(Optional.of(id), "other", "other", T, 1, new byte[1]);
    keep(row("mine"), nobodys, other);

    assertThat(details(Optional.of(agent), Optional.empty())).containsExactly("other", "mine");
    assertThat(details(Optional.empty(), Optional.of(reason))).containsExactly("nobody", "mine");
    assertThat(details(Optional.of(agent), Optional.of(reason))).containsExactly("mine");
    assertThat(details(Optional.of(TestBatches.freshAgent()), Optional.empty())).isEmpty();
  }

  @Test
  void list_ofARowWithoutABatch_namesNoAgent() {
    keep(new QuarantineRow(Optional.empty(), reason, "?", T, 0, new byte[1]));

    Entry entry = newest();

    assertThat(entry.agent()).isEmpty();
    assertThat(entry.epoch()).isEmpty();
    assertThat(entry.seq()).isEmpty();
  }

  @Test
  void filter_withoutALimit_isRefused() {
    assertThatThrownBy(() -> filter(0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void find_givesBackTheBytes() {
    keep(row("whole"));

    QuarantineQueries.Found found = quarantine().find(newest().id()).orElseThrow();

    assertThat(found.entry()).isEqualTo(newest());
    assertRow(found.row(), "whole");
  }

  @Test
  void find_ofAnIdThatIsNone_isEmpty() {
    assertThat(quarantine().find(Long.MAX_VALUE)).isEmpty();
    assertThat(quarantine().find(0)).isEmpty();
  }

  @Test
  void lockQuarantined_givesTheRowBack() {
    keep(row("locked"));

    QuarantineRow row = locked(newest().id()).orElseThrow();

    assertRow(row, "locked");
    assertThat(locked(Long.MAX_VALUE)).isEmpty();
  }

  @Test
  void lockQuarantined_whileAnotherHoldsTheRow_waitsAndFindsItReplayed() {
    if (!database().transactionsOverlap()) {
      return; // such a store runs one transaction at a time
    }
    keep(row("wanted twice"));
    long row = newest().id();
    Queue<Optional<QuarantineRow>> second = new ConcurrentLinkedQueue<>();
    List<CompletableFuture<Outcome>> seconds = new ArrayList<>();

    repaired(tx -> {
      tx.lockQuarantined(row);
      CompletableFuture<Outcome> other =
          store().repair(1, late -> second.add(late.lockQuarantined(row))).toCompletableFuture();
      seconds.add(other);
      Stages.await(feed().deleted()); // time for the other to come to the lock
      assertThat(other).isNotDone();
      tx.markReplayed(row, "admin");
    });

    assertThat(Stages.await(seconds.getFirst())).isEqualTo(new Outcome.Committed());
    assertThat(second).containsExactly(Optional.empty());
  }

  @Test
  void markReplayed_isToldAndLocksNoMore() {
    keep(row("replayed"));
    long row = newest().id();

    repaired(tx -> {
      tx.lockQuarantined(row);
      tx.markReplayed(row, "admin");
    });

    assertThat(newest().replayedBy()).isEqualTo("admin");
    assertThat(newest().replayedAtMillis()).isPositive();
    assertThat(quarantine().find(row).orElseThrow().entry()).isEqualTo(newest());
    assertThat(locked(row)).isEmpty();
  }

  @Test
  void markReplayed_rolledBack_leavesTheRowAsItWas() {
    keep(row("kept"));
    long row = newest().id();

    Outcome outcome =
        repair(tx -> {
          tx.lockQuarantined(row);
          tx.markReplayed(row, "admin");
          throw new IllegalStateException("after all");
        });

    assertThat(outcome).isInstanceOf(Outcome.RolledBack.class);
    assertThat(newest().replayedAtMillis()).isZero();
    assertThat(locked(row)).isPresent();
  }

  @Test
  void markReplayed_ofARowLockedInAnotherTransaction_isRefused() {
    keep(row("not locked"));
    long row = newest().id();

    locked(row);
    repaired(tx ->
        assertThatThrownBy(() -> tx.markReplayed(row, "admin"))
            .isInstanceOf(IllegalStateException.class));

    assertThat(newest().replayedAtMillis()).isZero();
  }

  @Test
  void quarantine_theSameAgainWithoutSamples_isKeptOnce() {
    keep(aside(3, "fork", 0, 1));

    repaired(tx -> {
      tx.quarantine(aside(3, "fork", 0, 1));
      tx.quarantine(aside(3, "fork", 0, 2));
      tx.quarantine(aside(4, "fork", 0, 1));
      tx.quarantine(aside(3, "bad_mac", 0, 1));
      tx.quarantine(aside(3, "bad_mac", 0, 1));
      tx.quarantine(aside(3, "nan", 1, 1));
      tx.quarantine(aside(3, "nan", 1, 1));
    });

    assertThat(quarantine().list(filter(100)))
        .extracting(Entry::reason)
        .containsExactlyInAnyOrder("fork", "fork", "fork", "bad_mac", "nan", "nan");
  }

  private QuarantineRow aside(long seq, String why, long samples, int content) {
    BatchId batch = new BatchId(id.epoch(), seq);
    return new QuarantineRow(
        Optional.of(batch), why, "kept", T, samples, new byte[] {(byte) content});
  }

  @Test
  void quarantine_rolledBack_keepsNothing() {
    repair(tx -> {
      tx.quarantine(row("undone"));
      throw new IllegalStateException("after all");
    });

    assertThat(quarantine().list(filter(10))).isEmpty();
  }

  @Test
  void repair_ofAPartitionThatSomebodyOwns_commits() {
    Lease lease = own();

    Outcome outcome =
        Stages.await(store().repair(lease.partition(), tx -> tx.claim(List.of(claim(id, "a", 1)))));

    assertThat(outcome).isEqualTo(new Outcome.Committed());
    assertThat(claimed(lease, claim(id, "a", 1))).containsExactly(LedgerAnswer.DUPLICATE);
    commit(lease, tx -> tx.movePosition(Lane.FRESH, BusPosition.START, new BusPosition(1, 1, 1)));
  }

  @Test
  void repair_thatMovesAPosition_isFencedAndLeavesNothing() {
    List<Boolean> moved = new ArrayList<>();
    Lease lease = own();

    Outcome outcome =
        Stages.await(
            store()
                .repair(
                    lease.partition(),
                    tx -> {
                      tx.claim(List.of(claim(id, "a", 1)));
                      moved.add(
                          tx.movePosition(Lane.FRESH, BusPosition.START, new BusPosition(1, 1, 1)));
                    }));

    assertThat(outcome).isInstanceOf(Outcome.Fenced.class);
    assertThat(moved).containsExactly(false);
    assertThat(claimed(lease, claim(id, "b", 1))).containsExactly(LedgerAnswer.NEW);
    assertThat(Stages.await(store().positions(lease))).containsEntry(Lane.FRESH, BusPosition.START);
  }

  private QuarantineRow row(String detail) {
    return new QuarantineRow(Optional.of(id), reason, detail, T, 4, new byte[] {7, 8});
  }

  private void assertRow(QuarantineRow row, String detail) {
    assertThat(row.id()).contains(id);
    assertThat(row.reason()).isEqualTo(reason);
    assertThat(row.detail()).isEqualTo(detail);
    assertThat(row.receivedAtMillis()).isEqualTo(T);
    assertThat(row.samples()).isEqualTo(4);
    assertThat(row.bytes()).containsExactly(7, 8);
  }

  private void keep(QuarantineRow... rows) {
    for (QuarantineRow row : rows) {
      repaired(tx -> tx.quarantine(row));
    }
  }

  private Outcome repair(Script script) {
    return Stages.await(store().repair(0, script));
  }

  private void repaired(Script script) {
    assertThat(repair(script)).isEqualTo(new Outcome.Committed());
  }

  private Optional<QuarantineRow> locked(long row) {
    List<Optional<QuarantineRow>> found = new ArrayList<>();
    repaired(tx -> found.add(tx.lockQuarantined(row)));
    return found.getFirst();
  }

  private Filter filter(int limit) {
    return new Filter(Optional.of(agent), Optional.empty(), Long.MAX_VALUE, limit);
  }

  private Entry newest() {
    return quarantine()
        .list(new Filter(Optional.empty(), Optional.of(reason), Long.MAX_VALUE, 1))
        .getFirst();
  }

  private List<String> details(Optional<AgentId> of, Optional<String> why) {
    return quarantine().list(new Filter(of, why, Long.MAX_VALUE, 100)).stream()
        .map(Entry::detail)
        .toList();
  }
}
