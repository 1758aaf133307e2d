package dev.sentinelj.application.worker;

import static dev.sentinelj.application.worker.WorkerForTests.SET;
import static dev.sentinelj.application.worker.WorkerForTests.withSet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.application.worker.RefusingStore.Reaction;
import dev.sentinelj.core.batch.BatchHeader;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.block.Block;
import dev.sentinelj.core.block.Columns;
import dev.sentinelj.core.frame.FrameAddress;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.progress.Balance;
import dev.sentinelj.ports.driven.BatchCodec;
import dev.sentinelj.ports.driven.PartitionStore.Lease;
import dev.sentinelj.ports.driven.PartitionStore.LeaseAnswer;
import dev.sentinelj.ports.driven.PartitionTransaction;
import dev.sentinelj.testkit.Stages;
import dev.sentinelj.testkit.TestBatches;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Batches that hold up, or kill, whoever reads them, and batches that wait in vain. */
class WorkerPoisonTest {
  private static final double POISON = 666;

  private final WorkerForTests worker = new WorkerForTests();

  @Test
  void poll_aBatchThatKillsEveryProcess_isKeptAsideAndTheRestIsStored() {
    publishWithPoison();
    RefusingStore deadly = new RefusingStore(worker.store(), POISON, Reaction.DEATH);
    int lives = livesUntil(deadly, 3);

    assertThat(worker.quarantined()).containsExactly("poison");
    assertThat(worker.stored()).isEqualTo(16);
    assertThat(worker.balance()).isEqualTo(new Balance(20, 16, 2, 0, 0));
    assertThat(worker.progress().through()).isEqualTo(5);
    assertThat(deadly.met()).isEqualTo(LaneCursor.MAX_BEGINNINGS + LaneCursor.MAX_TRIES);
    assertThat(lives).isEqualTo(deadly.met() + 1);
  }

  /** The batch is not in the first message of the pull. */
  @Test
  void poll_aKillerBehindManyMessages_isFoundToo() {
    for (int seq = 1; seq <= 100; seq++) {
      worker.publish(withSet(worker.batch(seq), SET));
    }
    worker.publish(withSet(poison(101)));
    worker.publish(withSet(worker.batch(102)));
    RefusingStore deadly = new RefusingStore(worker.store(), POISON, Reaction.DEATH);
    livesUntil(deadly, 102);

    assertThat(worker.quarantined()).containsExactly("poison");
    assertThat(worker.progress().through()).isEqualTo(102);
    assertThat(worker.stored()).isEqualTo(404);
  }

  @Test
  void poll_aFaultOfOurs_isTriedFiveTimesAlone() {
    RefusingStore store = new RefusingStore(worker.store(), POISON, Reaction.FAULT);
    worker.strand = worker.strand("worker-1", store, WorkerLimits.DEFAULT);
    publishWithPoison();
    worker.run(60_000);

    assertThat(worker.quarantined()).containsExactly("poison");
    assertThat(worker.stored()).isEqualTo(16);
    assertThat(store.met()).isLessThanOrEqualTo(2 + LaneCursor.MAX_TRIES);
  }

  @Test
  void poll_aStoreThatSaysNothingOfTheBatch_isNoTry() {
    for (Reaction away : new Reaction[] {Reaction.OUTAGE, Reaction.SILENCE, Reaction.FENCE}) {
      WorkerForTests run = new WorkerForTests();
      RefusingStore store = new RefusingStore(run.store(), POISON, away);
      run.strand = run.strand("worker-1", store, WorkerLimits.DEFAULT);
      run.publish(withSet(run.batch(1, SET, poisonous(run)), SET));
      run.run(120_000);

      assertThat(store.met()).as("%s", away).isGreaterThan(LaneCursor.MAX_TRIES + 3);
      assertThat(run.quarantined()).as("%s", away).isEmpty();
      assertThat(run.progress().through()).as("%s", away).isZero();
    }
  }

  /** The position is the same, but the bus lost the message whose first batch was done. */
  @Test
  void poll_aMessageInThePlaceOfOneThatWasBegun_isDoneFromItsFirstBatch() {
    RefusingStore store = new RefusingStore(worker.store(), POISON, Reaction.FAULT);
    worker.strand = worker.strand("worker-1", store, WorkerLimits.DEFAULT);
    worker.publish(withSet(worker.batch(1), SET), withSet(poison(2)));
    for (int millis = 0; millis < 1_000 && worker.stored() == 0; millis += 10) {
      worker.run(10);
    }
    assertThat(worker.stored()).isEqualTo(4);

    worker.bus.loseAll();
    worker.publish(withSet(worker.batch(3)), withSet(worker.batch(4)));
    worker.run(60_000);

    assertThat(worker.stored()).isEqualTo(12);
    assertThat(worker.quarantined()).isEmpty();
  }

  /**
   * The bus is the same one, but the message whose first batch was done cannot be read any more.
   */
  @Test
  void poll_behindAMessageThatWasBegunAndRotted_goesOn() {
    RefusingStore store = new RefusingStore(worker.store(), POISON, Reaction.FAULT);
    worker.strand = worker.strand("worker-1", store, WorkerLimits.DEFAULT);
    worker.publish(withSet(worker.batch(1), SET), withSet(poison(2)));
    for (int millis = 0; millis < 1_000 && worker.stored() == 0; millis += 10) {
      worker.run(10);
    }
    worker.publish(withSet(worker.batch(3)), withSet(worker.batch(4)));

    worker.bus.rot(new FrameAddress(0, Lane.FRESH), 1);
    worker.run(60_000);

    assertThat(worker.stored()).isEqualTo(12);
    assertThat(worker.quarantined()).isEmpty();
  }

  /** Whatever decodes bodies fails at one of them, and not because the body is malformed. */
  @Test
  void poll_aFaultInDecoding_isFoundAndKeptAsideAlone() {
    BatchCodec faulty = new FaultyCodec(worker.codec, 3);
    worker.strand = worker.strand("worker-1", worker.store(), faulty, WorkerLimits.DEFAULT);
    worker.publish(withSet(worker.batch(1), SET));
    worker.publish(withSet(worker.batch(2)), withSet(worker.batch(3)), withSet(worker.batch(4)));
    worker.publish(withSet(worker.batch(5)));
    worker.run(60_000);

    assertThat(worker.quarantined()).containsExactly("poison");
    assertThat(worker.stored()).isEqualTo(16);
    assertThat(worker.balance()).isEqualTo(new Balance(20, 16, 4, 0, 0));
  }

  private record FaultyCodec(BatchCodec codec, long seq) implements BatchCodec {
    @Override
    public byte[] encode(BatchId id, long from, long createdAtMillis, List<Block> blocks) {
      return codec.encode(id, from, createdAtMillis, blocks);
    }

    @Override
    public List<Part> decode(BatchHeader header, byte[] body) {
      if (header.id().seq() == seq) {
        throw new IllegalStateException("a fault of ours");
      }
      return codec.decode(header, body);
    }
  }

  @Test
  void poll_aSetThatNeverComes_isGivenUpAfterTheRetention() {
    worker.publish(withSet(worker.batch(1)));
    worker.run(100);
    long parkedAt = worker.now.wallMillis();
    worker.now = worker.now.plusMillis(Duration.ofDays(7).toMillis() - 60_000);
    worker.run(100);
    assertThat(worker.quarantined()).isEmpty();

    worker.run(120_000);

    assertThat(worker.now.wallMillis() - parkedAt).isLessThan(Duration.ofDays(8).toMillis());
    assertThat(worker.quarantined()).containsExactly("no_set");
    assertThat(worker.balance()).isEqualTo(new Balance(4, 0, 4, 0, 0));
    assertThat(worker.progress().through()).isEqualTo(1);
    assertThat(Stages.await(worker.feed.of(worker.epoch)).committed().parked()).isEmpty();
  }

  @Test
  void poll_parkingABatch_isAChangeOfItsEpoch() {
    worker.publish(withSet(worker.batch(1), SET));
    worker.run(100);
    String cursor = Stages.await(worker.feed.changedSince(Optional.empty())).cursor();

    SeriesSet unknown = TestBatches.set("unknown", "sets");
    worker.publish(withSet(worker.batch(2, unknown, TestBatches.columns(2, 1, 1, 1))));
    worker.run(100);

    assertThat(Stages.await(worker.feed.changedSince(Optional.of(cursor))).words()).hasSize(1);
  }

  @Test
  void poll_aSetTooMany_isKeptAsideWithWhatWaitedForIt() {
    fillSets();
    worker.publish(withSet(worker.batch(1)));
    worker.run(100);
    assertThat(worker.quarantined()).isEmpty();

    worker.publish(withSet(worker.batch(2), SET));
    worker.run(100);

    assertThat(worker.quarantined()).containsExactly("set_limit", "set_limit");
    assertThat(worker.balance()).isEqualTo(new Balance(8, 0, 8, 0, 0));
    assertThat(worker.progress().through()).isEqualTo(2);
    assertThat(worker.counters.total("quarantined_set_limit")).isEqualTo(2);
  }

  private void fillSets() {
    LeaseAnswer answer = Stages.await(worker.store().lease(0, "filler", Optional.empty()));
    Lease lease = ((LeaseAnswer.Granted) answer).lease();
    Stages.await(
        worker
            .store()
            .transact(
                lease,
                tx -> {
                  for (int i = 0; i < PartitionTransaction.MAX_SETS; i++) {
                    tx.addSet(worker.agent(), TestBatches.set("set " + i));
                  }
                }));
    Stages.await(worker.store().release(lease));
  }

  /** Five batches, of which the third is poison, in three messages. */
  private void publishWithPoison() {
    worker.publish(withSet(worker.batch(1), SET));
    worker.publish(withSet(worker.batch(2)), withSet(poison(3)), withSet(worker.batch(4)));
    worker.publish(withSet(worker.batch(5)));
  }

  private SignedBatch poison(long seq) {
    return worker.batch(seq, SET, poisonous(worker));
  }

  private static Columns poisonous(WorkerForTests run) {
    return new Columns.Builder(2, run.now.wallMillis()).set(0, 0, POISON).set(1, 0, 1).build();
  }

  /** One process after the other, until one has read so many messages. */
  private int livesUntil(RefusingStore deadly, long sequence) {
    int lives = 0;
    while (read() < sequence && lives < 30) {
      lives++;
      WorkerStrand life = worker.strand("life-" + lives, deadly, WorkerLimits.DEFAULT);
      worker.run(life, 15_000); // the lease of the life before has to run out
    }
    return lives;
  }

  private long read() {
    return Stages.await(worker.feed.of(worker.epoch)).committed().lanes().stream()
        .mapToLong(lane -> lane.sequence())
        .max()
        .orElse(0);
  }
}
