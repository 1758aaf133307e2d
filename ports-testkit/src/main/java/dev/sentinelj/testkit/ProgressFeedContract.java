package dev.sentinelj.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.progress.Balance;
import dev.sentinelj.core.progress.Committed;
import dev.sentinelj.core.progress.EpochProgress;
import dev.sentinelj.core.progress.LaneRead;
import dev.sentinelj.core.progress.SeqRanges;
import dev.sentinelj.core.session.ReconcileAnswer;
import dev.sentinelj.ports.driven.BusPosition;
import dev.sentinelj.ports.driven.PartitionStore.Lease;
import dev.sentinelj.ports.driven.PartitionTransaction;
import dev.sentinelj.ports.driven.PartitionTransaction.ParkedBatch;
import dev.sentinelj.ports.driven.ProgressFeed;
import dev.sentinelj.ports.driven.ProgressFeed.EpochWord;
import dev.sentinelj.ports.driven.ProgressFeed.Page;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What every {@link ProgressFeed} must do. */
public abstract class ProgressFeedContract extends StoreContract {
  private final EpochId epoch = TestBatches.freshEpoch();

  /** An agent that was entered in the registry and deleted. */
  protected abstract AgentId deletedAgent();

  @Test
  void of_anEpochNeverHeardOf_hasNothing() {
    int partition = freshPartition();
    EpochId unknown = TestBatches.freshEpoch(TestBatches.freshAgent(partition, partitions()));

    EpochWord word = of(unknown);

    assertThat(word.committed())
        .isEqualTo(
            new Committed(
                EpochProgress.start(unknown),
                List.of(),
                List.of(
                    new LaneRead(partition, Lane.FRESH, 0, 0),
                    new LaneRead(partition, Lane.BACKLOG, 0, 0))));
    assertThat(word.setsNeeded()).isEmpty();
  }

  @Test
  void of_saysWhatWasSavedLast() {
    Lease lease = own();
    EpochProgress saved =
        new EpochProgress(
            epoch,
            3,
            List.of(new SeqRanges.Range(5, 9)),
            new Balance(100, 60, 20, 15, 5, 7, 3),
            true,
            true);
    save(lease, progress(epoch, 1));

    save(lease, saved);

    assertThat(of(epoch).committed().progress()).isEqualTo(saved);
  }

  @Test
  void of_toldAfterARestore_mayGoBack() {
    Lease lease = own();
    save(lease, progress(epoch, 9));

    save(lease, progress(epoch, 2));

    assertThat(of(epoch).committed().progress().through()).isEqualTo(2);
  }

  @Test
  void of_manyRanges_tellsTheFirstOnes() {
    SeqRanges ranges = new SeqRanges();
    for (long seq = 3; seq < 3 + 2 * 50; seq += 2) {
      ranges.add(seq);
    }
    Lease lease = own();

    save(lease, EpochProgress.start(epoch).with(ranges, Balance.ZERO));

    assertThat(of(epoch).committed().progress().above())
        .isEqualTo(ranges.above(Committed.MAX_RANGES));
  }

  @Test
  void of_tellsParkedSeqsAndTheSetsTheyNeed() {
    Lease lease = own();
    EpochId sibling = TestBatches.freshEpoch(epoch.agent());
    commit(
        lease,
        tx -> {
          tx.park(parked(epoch, "set 1", 9));
          tx.park(parked(epoch, "set 2", 4));
          tx.park(parked(epoch, "set 1", 7));
          tx.park(parked(sibling, "set 3", 1));
          saved(tx, progress(epoch, 1));
        });

    EpochWord word = of(epoch);

    assertThat(word.committed().parked()).containsExactly(4L, 7L, 9L);
    assertThat(word.setsNeeded()).containsExactlyInAnyOrder(hash("set 1"), hash("set 2"));
  }

  @Test
  void of_tellsHowFarTheLanesOfTheAgentsPartitionWereRead() {
    int partition = freshPartition();
    EpochId there = TestBatches.freshEpoch(TestBatches.freshAgent(partition, partitions()));
    Lease lease = own(partition);

    commit(
        lease,
        tx -> {
          tx.movePosition(Lane.FRESH, BusPosition.START, new BusPosition(2, 7, 70_000));
          tx.movePosition(Lane.BACKLOG, BusPosition.START, new BusPosition(3, 8, 80_000));
        });

    assertThat(of(there).committed().lanes())
        .containsExactlyInAnyOrder(
            new LaneRead(partition, Lane.FRESH, 2, 7), new LaneRead(partition, Lane.BACKLOG, 3, 8));
  }

  @Test
  void changedSince_nothing_tellsWhatWasSavedLately() {
    save(own(), progress(epoch, 4));

    assertThat(told(Optional.empty(), epoch)).contains(of(epoch));
  }

  @Test
  void changedSince_aCursor_tellsEachLaterChange() {
    Lease lease = own();
    EpochId other = TestBatches.freshEpoch();
    save(lease, progress(epoch, 1));
    String cursor = page(Optional.empty()).cursor();

    save(lease, progress(epoch, 2));
    save(lease, progress(other, 1));

    assertThat(told(Optional.of(cursor), epoch)).contains(of(epoch));
    assertThat(told(Optional.of(cursor), other)).contains(of(other));
  }

  @Test
  void changedSince_followedPageByPage_missesNothing() {
    Lease lease = own();
    String cursor = page(Optional.empty()).cursor();

    for (int i = 1; i <= 5; i++) {
      save(lease, progress(epoch, i));
      Page page = page(Optional.of(cursor));
      cursor = page.cursor();

      assertThat(word(page, epoch).orElseThrow().committed().progress().through()).isEqualTo(i);
    }
  }

  @Test
  void changedSince_aRolledBackSave_isNotTold() {
    Lease lease = own();

    transact(
        lease,
        tx -> {
          saved(tx, progress(epoch, 1));
          throw new IllegalStateException("rolled back");
        });

    assertThat(told(Optional.empty(), epoch)).isEmpty();
  }

  @Test
  void changedSince_aStrangeCursor_countsAsNone() {
    save(own(), progress(epoch, 4));

    assertThat(told(Optional.of("of another store"), epoch)).contains(of(epoch));
  }

  /** A change that was saved before the cursor was given out, and committed after it. */
  @Test
  void changedSince_whileATransactionIsUnderWay_tellsItsChangeLater() {
    Lease slow = own();
    List<String> cursors = new ArrayList<>();

    commit(
        slow,
        tx -> {
          saved(tx, progress(epoch, 1));
          cursors.add(page(Optional.empty()).cursor());
        });

    assertThat(told(Optional.of(cursors.getFirst()), epoch)).contains(of(epoch));
  }

  /** As before, and another change was committed in between. */
  @Test
  void changedSince_transactionsThatOverlap_tellsTheChangeThatBeganFirstAndEndedLast() {
    if (!database().transactionsOverlap()) {
      return; // such a store runs one transaction at a time, so there is no such order to get wrong
    }
    Lease slow = own();
    Lease quick = own();
    EpochId other = TestBatches.freshEpoch();
    List<String> cursors = new ArrayList<>();

    commit(
        slow,
        tx -> {
          saved(tx, progress(epoch, 1));
          Stages.await(CompletableFuture.runAsync(() -> save(quick, progress(other, 1))));
          cursors.add(page(Optional.empty()).cursor());
        });

    assertThat(told(Optional.of(cursors.getFirst()), epoch)).contains(of(epoch));
  }

  @Test
  void ledger_tellsTheRowsOfARange_ascending() {
    Lease lease = own();
    EpochId sibling = TestBatches.freshEpoch(epoch.agent());
    commit(
        lease,
        tx ->
            tx.claim(
                List.of(
                    claim(new BatchId(epoch, 7), "seven", 1),
                    claim(new BatchId(epoch, 2), "two", 1),
                    claim(new BatchId(epoch, 4), "four", 1),
                    claim(new BatchId(epoch, 1), "one", 1),
                    claim(new BatchId(sibling, 3), "sibling", 1))));

    assertThat(Stages.await(feed().ledger(epoch, 2, 4)))
        .containsExactly(
            new ReconcileAnswer.Row(2, hash("two")), new ReconcileAnswer.Row(4, hash("four")));
    assertThat(Stages.await(feed().ledger(epoch, 0, Long.MAX_VALUE))).hasSize(4);
    assertThat(Stages.await(feed().ledger(epoch, 5, 6))).isEmpty();
    assertThat(Stages.await(feed().ledger(epoch, 6, 5))).isEmpty();
  }

  @Test
  void close_leavesEverythingElse_andIsTold() {
    EpochProgress before = progress(epoch, 4).withFork();
    save(own(), before);
    String cursor = page(Optional.empty()).cursor();

    Stages.await(feed().close(epoch));
    Stages.await(feed().close(epoch));

    assertThat(of(epoch).committed().progress()).isEqualTo(before.withClosed());
    assertThat(told(Optional.of(cursor), epoch)).contains(of(epoch));
  }

  @Test
  void close_anEpochNeverHeardOf_closesIt() {
    Stages.await(feed().close(epoch));

    EpochProgress closed = EpochProgress.start(epoch).withClosed();
    Map<EpochId, EpochProgress> locked = committed(own(), tx -> tx.lockEpochs(List.of(epoch)));
    assertThat(of(epoch).committed().progress()).isEqualTo(closed);
    assertThat(locked).isEqualTo(Map.of(epoch, closed));
  }

  @Test
  void close_whileATransactionHoldsTheEpoch_waitsForIt() {
    if (!database().transactionsOverlap()) {
      return; // such a store runs one transaction at a time
    }
    List<CompletableFuture<Void>> closes = new ArrayList<>();
    save(own(), progress(epoch, 1)); // else the other waits for the row, not for the lock

    commit(
        own(),
        tx -> {
          tx.lockEpochs(List.of(epoch));
          CompletableFuture<Void> close = feed().close(epoch).toCompletableFuture();
          closes.add(close);
          Stages.await(feed().deleted()); // time for the other to come to the lock
          assertThat(close).isNotDone();
          tx.saveProgress(List.of(progress(epoch, 4)));
        });
    closes.forEach(Stages::await);

    assertThat(of(epoch).committed().progress()).isEqualTo(progress(epoch, 4).withClosed());
  }

  @Test
  void deleted_namesAgentsThatWereDeleted() {
    AgentId deleted = deletedAgent();

    assertThat(Stages.await(feed().deleted())).contains(deleted).isSorted();
    assertThat(Stages.await(feed().deleted())).doesNotContain(epoch.agent());
  }

  private void save(Lease lease, EpochProgress progress) {
    commit(lease, tx -> saved(tx, progress));
  }

  private static void saved(PartitionTransaction tx, EpochProgress progress) {
    tx.lockEpochs(List.of(progress.epoch()));
    tx.saveProgress(List.of(progress));
  }

  private static EpochProgress progress(EpochId epoch, long through) {
    SeqRanges ranges = new SeqRanges();
    ranges.add(1, through);
    return EpochProgress.start(epoch).with(ranges, Balance.ZERO);
  }

  private static ParkedBatch parked(EpochId epoch, String set, long seq) {
    return new ParkedBatch(hash(set), 9_000, 7, journalRow(new BatchId(epoch, seq), seq, 0, 10));
  }

  private EpochWord of(EpochId of) {
    return Stages.await(feed().of(of));
  }

  private Page page(Optional<String> cursor) {
    return Stages.await(feed().changedSince(cursor));
  }

  private Optional<EpochWord> told(Optional<String> cursor, EpochId of) {
    return word(page(cursor), of);
  }

  private static Optional<EpochWord> word(Page page, EpochId of) {
    return page.words().stream()
        .filter(word -> word.committed().progress().epoch().equals(of))
        .findFirst();
  }
}
