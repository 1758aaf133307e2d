package dev.sentinelj.adapters.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.metric.Series;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.testkit.SignedBatches;
import dev.sentinelj.testkit.Stages;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Reading a log whose files are damaged, taken away or kept shut under it. */
class WalReaderTest {
  private static final SeriesSet SET =
      SeriesSet.of(List.of(Series.gauge("cpu", "1", Map.of("core", "0"))));
  private static final int BODY = 5_000;

  private final CrashFs disk = new CrashFs();
  private FileBatchLog log;

  @BeforeEach
  void open() throws IOException {
    log = FileBatchLog.open(disk, new WalConfig(64 << 10, 64 << 20, 0), () -> 7, Optional.empty());
  }

  @AfterEach
  void close() {
    log.close();
  }

  @Test
  void read_behindMoreDamageThanItMayRead_findsWhatFollows() throws IOException {
    append(300);
    List<String> segments = log.segmentNames();
    for (String name : segments.subList(0, segments.size() - 1)) {
      disk.scramble(name, 64);
    }

    List<Long> read = seqs(1, 100, 1 << 20);

    assertThat(read).isNotEmpty().last().isEqualTo(300L);
    assertThat(log.damaged()).hasSize(300 - read.size());
    assertThat((300L - read.size()) * BODY).isGreaterThan(1 << 20);
    assertThat(seqs(1, 1, 1)).containsExactly(read.getFirst());
  }

  @Test
  void read_whereASegmentWasTaken_reportsItsRecordsAndGoesOn() {
    append(40);
    log.delete(log.oldestSealed().orElseThrow());
    long first = log.firstSeq();
    String oldest = log.segmentNames().getFirst();

    disk.take(oldest);

    List<Long> read = seqs(1, 100, 1 << 20);
    assertThat(read).isNotEmpty().doesNotContain(first).last().isEqualTo(40L);
    assertThat(log.damaged().stream().map(LossRecord.Entry::from))
        .containsExactlyElementsOf(LongStream.range(first, read.getFirst()).boxed().toList());
    assertThat(log.oldestSealed().orElseThrow().contentHashes()).isEmpty();
    log.delete(log.oldestSealed().orElseThrow());
    assertThat(log.firstSeq()).isEqualTo(read.getFirst());
  }

  @Test
  void read_whereTheDirectoryWasReplaced_failsAndReportsNothing() {
    append(40);

    disk.replaceWithout(log.segmentNames().getFirst());

    assertThatThrownBy(() -> seqs(1, 100, 1 << 20)).isInstanceOf(PortUnavailableException.class);
    assertThat(log.damaged()).isEmpty();
  }

  @Test
  void read_whereTheSegmentThatIsWrittenWasTakenToo_failsAndReportsNothing() {
    append(40);

    log.segmentNames().forEach(disk::take);

    assertThatThrownBy(() -> seqs(1, 100, 1 << 20)).isInstanceOf(PortUnavailableException.class);
    assertThat(log.damaged()).isEmpty();
  }

  @Test
  void read_whereAFileCannotBeOpened_failsAndReportsNothing() {
    append(3);

    disk.lock(log.segmentNames().getFirst());

    assertThatThrownBy(() -> seqs(1, 10, 1 << 20)).isInstanceOf(PortUnavailableException.class);
    assertThat(log.damaged()).isEmpty();
  }

  @Test
  void set_whereNoCopyCanBeOpened_failsInsteadOfDenyingIt() {
    append(3);

    disk.lock(log.segmentNames().getFirst());

    assertThatThrownBy(() -> log.set(SET.hash())).isInstanceOf(PortUnavailableException.class);
  }

  @Test
  void set_whereOneCopyCannotBeOpened_isTheOther() {
    append(40);

    disk.lock(log.segmentNames().getLast());

    assertThat(log.set(SET.hash())).contains(SET);
  }

  @Test
  void set_whoseCopiesAreAllDamaged_isNone() {
    append(3);

    disk.breakBetween(64, 512);

    assertThat(log.set(SET.hash())).isEmpty();
    assertThat(log.diagnostics().unreadableRecords()).isEqualTo(2);
  }

  private void append(int count) {
    for (int i = 0; i < count; i++) {
      long seq = log.nextSeq();
      Stages.await(log.append(SignedBatches.data(log.epoch(), seq, BODY), List.of(SET)));
    }
  }

  private List<Long> seqs(long from, int maxCount, long maxBytes) {
    return log.read(from, maxCount, maxBytes).stream().map(batch -> batch.id().seq()).toList();
  }
}
