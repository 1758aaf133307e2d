package dev.sentinelj.application.worker;

import static dev.sentinelj.application.worker.WorkerForTests.SET;
import static dev.sentinelj.application.worker.WorkerForTests.withSet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.batch.BatchHeader;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.block.Block;
import dev.sentinelj.core.progress.Balance;
import dev.sentinelj.ports.driven.BatchCodec;
import dev.sentinelj.testkit.Stages;
import dev.sentinelj.testkit.TestBatches;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How batches that wait for their series set come in once it is there. */
class WorkerParkingTest {
  private static final int CELLS = 10;

  /** No more cells at once than two batches have, and a few of them. */
  private static final WorkerLimits SMALL =
      new WorkerLimits(4 << 20, 256, CELLS, 1_000, 1_000, 100, 300_000, Duration.ofDays(90));

  private final WorkerForTests worker = new WorkerForTests();

  /** A transaction decodes a pull's worth of cells, and as many of what waited. */
  @Test
  void poll_muchThatWaits_isReleasedInPortions() {
    worker.strand = worker.strand("worker-1", worker.store(), SMALL);
    parkedUpTo(30);
    worker.publish(withSet(worker.batch(31), SET));

    long greatest = 0;
    for (int polls = 0; polls < 100; polls++) {
      long before = worker.stored();
      worker.run(10);
      greatest = Math.max(greatest, worker.stored() - before);
      assertThat(worker.progress().through()).isLessThanOrEqualTo(worker.stored() / 4);
    }

    assertThat(greatest).isBetween(4L, 2L * CELLS);
    assertThat(worker.balance()).isEqualTo(new Balance(124, 124, 0, 0, 0));
    assertThat(worker.progress().through()).isEqualTo(31);
    assertThat(waiting()).isEmpty();
  }

  @Test
  void poll_whatIsNotReleasedYet_isToldAsParked_andComesInAfterARestart() {
    worker.strand = worker.strand("worker-1", worker.store(), SMALL);
    parkedUpTo(9);
    worker.publish(withSet(worker.batch(10), SET));
    worker.run(10);

    assertThat(worker.stored()).isEqualTo(12);
    assertThat(waiting()).containsExactly(3L, 4L, 5L, 6L, 7L, 8L, 9L);
    worker.strand.close();
    worker.strand = worker.strand("worker-2", worker.store(), SMALL);
    worker.run(1_000);

    assertThat(worker.balance()).isEqualTo(new Balance(40, 40, 0, 0, 0));
    assertThat(waiting()).isEmpty();
  }

  @Test
  void poll_whatWaits_doesNotHoldUpWhatComes() {
    worker.strand = worker.strand("worker-1", worker.store(), SMALL);
    parkedUpTo(60);
    worker.publish(withSet(worker.batch(61), SET));
    worker.run(10);
    EpochId other = new EpochId(worker.agent(), 99);
    for (int seq = 1; seq <= 5; seq++) {
      worker.publish(withSet(batch(other, seq)));
      worker.run(20);
    }

    assertThat(Stages.await(worker.feed.of(other)).committed().progress().through()).isEqualTo(5);
    assertThat(waiting()).isNotEmpty();
  }

  /** It is decoded once too often, but never when it is only to be kept aside. */
  @Test
  void poll_whatCannotBeDecodedWhenItsSetCame_isKeptAsideAlone() {
    SecondTimeUnlucky codec = new SecondTimeUnlucky(worker.codec, 2);
    worker.strand = worker.strand("worker-1", worker.store(), codec, WorkerLimits.DEFAULT);
    parkedUpTo(3);
    worker.publish(withSet(worker.batch(4), SET));
    worker.run(60_000);

    assertThat(worker.quarantined()).containsExactly("poison");
    assertThat(worker.balance()).isEqualTo(new Balance(16, 12, 4, 0, 0));
    assertThat(worker.progress().through()).isEqualTo(4);
    // parked, released with the set, among others, alone
    assertThat(codec.met).isEqualTo(3 + LaneCursor.MAX_TRIES);
  }

  private static final class SecondTimeUnlucky implements BatchCodec {
    private final BatchCodec codec;
    private final long seq;
    private int met;

    SecondTimeUnlucky(BatchCodec codec, long seq) {
      this.codec = codec;
      this.seq = seq;
    }

    @Override
    public byte[] encode(BatchId id, long from, long createdAtMillis, List<Block> blocks) {
      return codec.encode(id, from, createdAtMillis, blocks);
    }

    @Override
    public List<Part> decode(BatchHeader header, byte[] body) {
      if (header.id().seq() == seq && ++met > 1) {
        throw new IllegalStateException("a fault of ours");
      }
      return codec.decode(header, body);
    }
  }

  /** Whatever settling runs into, what is overdue does not wait for ever. */
  @Test
  void poll_whatIsOverdueAndCannotBeEntered_isKeptAsideWithoutALedgerRow() {
    worker.strand =
        worker.strand(
            "worker-1", BrokenStore.of(worker.store(), List.of("claim")), WorkerLimits.DEFAULT);
    parkedUpTo(2);
    worker.now = worker.now.plusMillis(Duration.ofDays(8).toMillis());
    worker.run(400_000);

    assertThat(worker.quarantined()).containsExactly("no_set", "no_set");
    assertThat(waiting()).isEmpty();
    assertThat(worker.database.ledger()).isEmpty();
  }

  /** A set that was spelled out in plain metrics was not brought. */
  @Test
  void poll_aSetThatWasSpelledOutBefore_releasesWhatWaitsForIt() {
    worker.strand =
        worker.strand(
            "worker-1", worker.store(), new Spelling(worker.codec, 2), WorkerLimits.DEFAULT);
    parkedUpTo(1);
    worker.publish(withSet(worker.batch(2)));
    worker.run(100);
    assertThat(waiting()).containsExactly(1L);

    worker.publish(withSet(worker.batch(3), SET));
    worker.run(100);

    assertThat(waiting()).isEmpty();
    assertThat(worker.balance()).isEqualTo(new Balance(12, 12, 0, 0, 0));
  }

  /** Reads one batch as plain metrics of the same series. */
  private record Spelling(BatchCodec codec, long seq) implements BatchCodec {
    @Override
    public byte[] encode(BatchId id, long from, long createdAtMillis, List<Block> blocks) {
      return codec.encode(id, from, createdAtMillis, blocks);
    }

    @Override
    public List<Part> decode(BatchHeader header, byte[] body) {
      List<Part> parts = codec.decode(header, body);
      return header.id().seq() == seq
          ? parts.stream().<Part>map(part -> new Part.Spelled(SET, part.columns())).toList()
          : parts;
    }
  }

  @Test
  void poll_aSetThatIsKnown_isAskedForOnce() {
    Set<String> asked = new HashSet<>();
    worker.strand =
        worker.strand("worker-1", BrokenStore.noting(worker.store(), asked), WorkerLimits.DEFAULT);
    worker.publish(withSet(worker.batch(1), SET));
    worker.run(100);
    asked.clear();
    worker.publish(withSet(worker.batch(2), SET));
    worker.run(100);

    assertThat(worker.stored()).isEqualTo(8);
    assertThat(asked).contains("addSamples").doesNotContain("knownSet", "addSet", "unpark");
  }

  private void parkedUpTo(long last) {
    for (long seq = 1; seq <= last; seq++) {
      worker.publish(withSet(worker.batch(seq)));
    }
    worker.run(2_000);
    assertThat(waiting()).hasSize((int) last);
  }

  private SignedBatch batch(EpochId epoch, long seq) {
    Block block = new Block(SET.hash(), TestBatches.columns(2, 2, worker.now.wallMillis(), 1));
    return TestBatches.data(
        worker.codec,
        worker.key,
        new BatchId(epoch, seq),
        4 * (seq - 1),
        worker.now.wallMillis(),
        List.of(block));
  }

  private List<Long> waiting() {
    return Stages.await(worker.feed.of(worker.epoch)).committed().parked();
  }
}
