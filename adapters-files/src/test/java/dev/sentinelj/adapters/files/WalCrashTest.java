package dev.sentinelj.adapters.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.metric.Series;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.BatchLog.SealedSegment;
import dev.sentinelj.testkit.SignedBatches;
import dev.sentinelj.testkit.Stages;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Every append that returned can be read after every crash, and no seq is given out twice. */
class WalCrashTest {
  private static final int DEPTH = 4;
  private static final int MAX_CHANGES = 80;
  private static final SeriesSet SET =
      SeriesSet.of(List.of(Series.gauge("cpu", "1", Map.of("core", "0"))));

  private enum Op {
    APPEND,
    ROTATE,
    DELETE,
    REOPEN,
    CRASH
  }

  @Test
  void everyShortSequence_withADeathAtEveryChange_losesNothingAcknowledged() throws IOException {
    int depth = Boolean.getBoolean("long") ? DEPTH : 2;
    for (int code = 0; code < Math.pow(Op.values().length, depth); code++) {
      boolean survived = false;
      for (int death = 0; death < MAX_CHANGES && !survived; death++) {
        survived = run(ops(code, depth), death, code * 1_000L + death);
      }
    }
  }

  @Test
  void everySequence_withADeathSomewhere_losesNothingAcknowledged() throws IOException {
    SplittableRandom random = new SplittableRandom(4);
    for (int code = 0; code < Math.pow(Op.values().length, DEPTH); code++) {
      run(ops(code, DEPTH), random.nextInt(MAX_CHANGES / 2), random.nextLong());
    }
  }

  @Test
  void appendsAcrossAFailedSync_allComplete() throws IOException {
    for (int failing = 1; failing < 12; failing++) {
      World world = new World(failing);
      world.open();
      world.disk.failForceAfter(failing);
      for (int i = 0; i < 20; i++) {
        world.append(700);
      }
      assertThat(world.acknowledged).as("failing sync %d", failing).hasSize(20);
      assertThat(world.log.diagnostics().failedWrites()).isEqualTo(1);
      world.crash();
      world.open();
      world.check();
      world.log.close();
    }
  }

  @Test
  void read_whereTheDiskFails_losesThatRecordAlone() throws IOException {
    World world = new World(9);
    for (int i = 0; i < 4; i++) {
      world.append(700);
    }
    world.disk.breakAt(2_100);

    List<Long> read =
        world.log.read(1, 10, 1 << 20).stream().map(batch -> batch.id().seq()).toList();

    assertThat(read).hasSize(3);
    assertThat(world.log.damaged())
        .singleElement()
        .satisfies(lost -> assertThat(lost.from()).isNotIn(read));
    world.log.close();
  }

  private static List<Op> ops(int code, int depth) {
    List<Op> ops = new ArrayList<>();
    for (int rest = code, i = 0; i < depth; i++, rest /= Op.values().length) {
      ops.add(Op.values()[rest % Op.values().length]);
    }
    return ops;
  }

  /** Whether the operations ended before the disk died. */
  private static boolean run(List<Op> ops, int death, long seed) throws IOException {
    World world = new World(seed);
    world.open();
    world.append(100);
    world.disk.dieAfter(death);
    boolean survived = true;
    try {
      for (Op op : ops) {
        world.apply(op);
      }
    } catch (IOException | PortUnavailableException e) {
      survived = false;
    }
    world.crash();
    world.open();
    world.check();
    world.append(100);
    world.crash();
    world.open();
    world.check();
    world.log.close();
    return survived;
  }

  private static final class World {
    private final long seed;
    private final SplittableRandom random;
    private final TreeSet<Long> acknowledged = new TreeSet<>();
    private final TreeSet<Long> deleted = new TreeSet<>();
    private CrashFs disk = new CrashFs();
    private FileBatchLog log;
    private final long epoch;

    World(long seed) throws IOException {
      this.seed = seed;
      this.random = new SplittableRandom(seed);
      this.log = FileBatchLog.open(disk, config(), () -> 77, Optional.empty());
      this.epoch = log.epoch();
    }

    private static WalConfig config() {
      return new WalConfig(4 << 10, 1 << 20, 0);
    }

    void open() throws IOException {
      log.close();
      log = FileBatchLog.open(disk, config(), () -> 78, Optional.empty());
      assertThat(log.epoch()).as("seed %d", seed).isEqualTo(epoch);
    }

    void apply(Op op) throws IOException {
      switch (op) {
        case APPEND -> append(300);
        case ROTATE -> IntStream.range(0, 3).forEach(any -> append(1_500));
        case DELETE -> delete();
        case REOPEN -> open();
        case CRASH -> {
          crash();
          open();
        }
      }
    }

    void append(int bytes) {
      long first = log.nextSeq();
      assertThat(acknowledged.isEmpty() || first > acknowledged.last())
          .as("seed %d", seed)
          .isTrue();
      Stages.await(log.append(SignedBatches.data(epoch, first, bytes), List.of(SET)));
      acknowledged.add(first);
    }

    void delete() {
      Optional<SealedSegment> oldest = log.oldestSealed();
      if (oldest.isPresent()) {
        for (long seq = oldest.get().firstSeq(); seq <= oldest.get().lastSeq(); seq++) {
          deleted.add(seq);
        }
        log.delete(oldest.get());
      }
    }

    void crash() {
      disk = disk.crash(random);
    }

    void check() {
      TreeSet<Long> held = new TreeSet<>();
      for (SignedBatch batch : log.read(1, 10_000, 1 << 30)) {
        assertThat(held.add(batch.id().seq())).isTrue();
        assertThat(batch.bodyMatches()).isTrue();
      }
      TreeSet<Long> expected = new TreeSet<>(acknowledged);
      expected.removeAll(deleted);
      assertThat(held).as("seed %d", seed).containsAll(expected);
      assertThat(log.nextSeq()).as("seed %d", seed).isGreaterThan(max(acknowledged));
      assertThat(log.torn()).as("seed %d", seed).doesNotContainAnyElementsOf(acknowledged);
      if (!held.isEmpty()) {
        assertThat(log.set(SET.hash())).as("seed %d", seed).contains(SET);
      }
      acknowledged.addAll(held);
    }

    private static long max(SortedSet<Long> seqs) {
      return seqs.isEmpty() ? 0 : seqs.last();
    }
  }
}
