package dev.sentinelj.application.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.adapters.memory.InMemoryMetricQueries;
import dev.sentinelj.adapters.memory.InMemoryPartitionStore;
import dev.sentinelj.adapters.memory.InMemoryProgressFeed;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.BatchKind;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.frame.FrameAddress;
import dev.sentinelj.core.progress.Balance;
import dev.sentinelj.core.progress.EpochProgress;
import dev.sentinelj.core.progress.SeqRanges;
import dev.sentinelj.core.window.RollingWindow;
import dev.sentinelj.core.window.WindowStats;
import dev.sentinelj.ports.driven.BusPosition;
import dev.sentinelj.ports.driven.MetricQueries;
import dev.sentinelj.ports.driven.PartitionStore;
import dev.sentinelj.ports.driven.PartitionTransaction.QuarantineRow;
import dev.sentinelj.ports.driven.ProgressFeed;
import dev.sentinelj.testkit.Stages;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Compares what is in the database and in memory with what truly happened. */
final class Verdict {
  private final Plant plant;
  private final MetricQueries queries;
  private final ProgressFeed feed;
  private final PartitionStore store;

  Verdict(Plant plant) {
    this.plant = plant;
    this.queries = new InMemoryMetricQueries(plant.database());
    this.feed = new InMemoryProgressFeed(plant.database(), Runnable::run);
    this.store =
        new InMemoryPartitionStore(plant.database(), Runnable::run, plant.world().newRandom());
  }

  /** What must hold at every moment. */
  void checkNow() {
    plant.undisturbed(() -> {
      checkPositions();
      checkWindows();
    });
  }

  /** Everything at or before the position of a lane was committed, kept aside or parked. */
  private void checkPositions() {
    Map<BatchId, Sha256> ledger = plant.database().ledger();
    for (int partition = 0; partition < Plant.PARTITIONS; partition++) {
      Map<Lane, BusPosition> positions =
          Stages.await(store.positions(new PartitionStore.Lease(partition, "", 0)));
      for (Lane lane : Lane.values()) {
        FrameAddress address = new FrameAddress(partition, lane);
        for (BatchId id :
            plant.bus().readBy(address, positions.getOrDefault(lane, BusPosition.START))) {
          assertThat(ledger.containsKey(id) || parked(id))
              .as("%s was read past %s without effect", address, id)
              .isTrue();
        }
      }
    }
  }

  private boolean parked(BatchId id) {
    return Stages.await(feed.of(id.epoch())).committed().parked().contains(id.seq());
  }

  /** A window holds the newest committed samples of its series, and nothing else. */
  private void checkWindows() {
    plant
        .store()
        .fresh()
        .forEach((partition, series) ->
            series.forEach((id, cells) -> {
              for (SimulatedWorker worker : plant.workers()) {
                worker
                    .window(partition, id)
                    .ifPresent(stats ->
                        assertThat(suffix(cells, stats))
                            .as("window of series %d: %s of %s", id, stats, cells)
                            .isTrue());
              }
            }));
  }

  private static boolean suffix(List<Book.Cell> cells, WindowStats stats) {
    for (int from = cells.size() - (int) stats.count(); from >= 0; from--) {
      RollingWindow window = new RollingWindow(SimulatedWorker.WINDOW_MILLIS);
      cells.subList(from, cells.size()).forEach(c -> window.add(c.timeMillis(), c.value()));
      if (window.statsAt(Long.MIN_VALUE).equals(stats)) {
        return true;
      }
    }
    return false;
  }

  /** Whether everything that was promised is in the ledger and nothing waits in memory. */
  boolean drained() {
    return missing().isEmpty() && plant.agents().stream().allMatch(SimulatedAgent::idle);
  }

  Set<BatchId> missing() {
    Set<BatchId> missing = new LinkedHashSet<>(plant.book().appended().keySet());
    missing.removeAll(plant.database().ledger().keySet());
    return missing;
  }

  /** P1, P3 and P4, when nothing is under way any more. */
  void checkAtEnd() {
    Map<BatchId, Sha256> promised = new HashMap<>();
    plant.book().appended().forEach((id, batch) -> promised.put(id, batch.contentHash()));
    assertThat(plant.database().ledger()).as("the ledger").isEqualTo(promised);
    plant.agents().forEach(agent -> check(agent.epoch()));
    assertThat(plant.database().quarantined())
        .as("what was kept aside")
        .allMatch(row -> row.samples() > 0);
  }

  private void check(EpochId epoch) {
    List<SignedBatch> batches =
        plant.book().appended().values().stream()
            .filter(batch -> batch.id().epoch().equals(epoch))
            .toList();
    checkOrder(batches);
    Map<Book.Cell, Integer> expected = new HashMap<>();
    long nans = 0;
    for (SignedBatch batch : batches) {
      for (Book.Cell cell : plant.book().cells(batch.id())) {
        if (Double.isNaN(cell.value())) {
          nans++;
        } else {
          expected.merge(cell, 1, Integer::sum);
        }
      }
    }
    Map<Book.Cell, Integer> found = new HashMap<>();
    long stored = 0;
    for (String name : SimulatedAgent.NAMES) {
      stored += collect(epoch, name, found);
    }
    long kept = 0;
    long keptNans = 0;
    for (QuarantineRow row : plant.database().quarantined()) {
      if (row.id().filter(id -> id.epoch().equals(epoch)).isPresent()) {
        kept += row.samples();
        keptNans += collect(row, found);
      }
    }
    assertThat(found).as("samples of %s, each once", epoch).isEqualTo(expected);
    assertThat(keptNans).as("samples that are no number").isEqualTo(nans);
    long collected = batches.isEmpty() ? 0 : batches.getLast().header().sampleTo();
    EpochProgress progress = Stages.await(feed.of(epoch)).committed().progress();
    assertThat(progress.balance())
        .as("balance of %s", epoch)
        .isEqualTo(new Balance(collected, stored, kept, 0, 0));
    assertThat(progress.balance().unaccounted()).isZero();
    assertThat(progress.forked()).isFalse();
    assertThat(progress.through())
        .as("through of %s", epoch)
        .isEqualTo(batches.isEmpty() ? 0 : batches.getLast().id().seq());
  }

  private long collect(EpochId epoch, String name, Map<Book.Cell, Integer> found) {
    List<MetricQueries.RangeSeries> all =
        queries.range(
            new MetricQueries.RangeQuery(
                epoch.agent(), name, Map.of(), 0, Long.MAX_VALUE, 0, 1_000, 1_000_000));
    List<MetricQueries.Point> points = new ArrayList<>();
    all.forEach(series -> points.addAll(series.points()));
    points.forEach(
        point -> found.merge(new Book.Cell(point.timeMillis(), point.value()), 1, Integer::sum));
    return points.size();
  }

  /** Reads the text form of single samples; returns how many are no number. */
  private static long collect(QuarantineRow row, Map<Book.Cell, Integer> found) {
    long nans = 0;
    for (String line : new String(row.bytes(), StandardCharsets.UTF_8).lines().toList()) {
      if (line.startsWith(" ")) {
        String[] words = line.strip().split(" ", 2);
        double value = Double.parseDouble(words[1]);
        if (Double.isNaN(value)) {
          nans++;
        } else {
          found.merge(new Book.Cell(Long.parseLong(words[0]), value), 1, Integer::sum);
        }
      }
    }
    return nans;
  }

  /** Seqs ascend, the count of samples has no break, and what is missing was named as torn. */
  private static void checkOrder(List<SignedBatch> batches) {
    SeqRanges named = new SeqRanges();
    long seq = 0;
    long samples = 0;
    for (SignedBatch batch : batches) {
      assertThat(batch.id().seq()).as("seq after %d", seq).isGreaterThan(seq);
      assertThat(batch.header().sampleFrom()).as("count at %s", batch.id()).isEqualTo(samples);
      seq = batch.id().seq();
      samples = batch.header().sampleTo();
      named.add(seq);
      if (batch.header().kind() == BatchKind.LOSS) {
        LossRecord.parse(batch.body()).entries().forEach(e -> named.add(e.from(), e.to()));
      }
    }
    assertThat(named.through()).as("every seq is there or named as lost").isEqualTo(seq);
  }
}
