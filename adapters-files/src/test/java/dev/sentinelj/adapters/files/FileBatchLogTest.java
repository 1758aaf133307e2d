package dev.sentinelj.adapters.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sentinelj.core.batch.LossReason;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.BatchLog;
import dev.sentinelj.testkit.BatchLogContract;
import dev.sentinelj.testkit.SignedBatches;
import dev.sentinelj.testkit.Stages;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileBatchLogTest extends BatchLogContract {
  @TempDir private Path directory;

  private final List<FileBatchLog> opened = new ArrayList<>();
  private WalConfig config = new WalConfig(64 << 10, 64 << 20, 0);

  @Override
  protected BatchLog create(int segmentBytes, long maxBytes) {
    config = new WalConfig(segmentBytes, maxBytes, 0);
    return open();
  }

  @Override
  protected BatchLog restarted(BatchLog log) {
    ((FileBatchLog) log).close();
    return open();
  }

  @Override
  protected BatchLog crashedInAppend(BatchLog log) {
    append(log, 1, 500);
    byte[] body = log.read(log.durableThrough(), 1, 1).getFirst().body();
    ((FileBatchLog) log).close();
    try {
      Path segment = lastSegment();
      try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
        file.setLength(place(segment, body).orElseThrow() + body.length / 2);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return open();
  }

  @Override
  protected BatchLog restartedWithDamage(BatchLog log, long seq) {
    byte[] body = log.read(seq, 1, 1).getFirst().body();
    ((FileBatchLog) log).close();
    try {
      for (String name : names()) {
        Path segment = directory.resolve("wal").resolve(name);
        Optional<Integer> place = name.endsWith(".seg") ? place(segment, body) : Optional.empty();
        if (place.isPresent()) {
          flip(segment, place.get());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return open();
  }

  /** Where these bytes are in a file. */
  private static Optional<Integer> place(Path file, byte[] bytes) throws IOException {
    int at =
        new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)
            .indexOf(new String(bytes, StandardCharsets.ISO_8859_1));
    return at < 0 ? Optional.empty() : Optional.of(at);
  }

  private FileBatchLog open() {
    FileBatchLog log = FileBatchLog.open(directory.resolve("wal"), config);
    opened.add(log);
    return log;
  }

  @AfterEach
  void closeAll() {
    opened.forEach(FileBatchLog::close);
  }

  @Test
  void open_aSecondTime_isRefusedWithTheProcess() {
    open();

    assertThatThrownBy(this::open)
        .isInstanceOf(UnusablePathException.class)
        .hasMessageContaining("in use by process " + ProcessHandle.current().pid());
  }

  @Test
  void open_afterATornTail_keepsACopy() throws IOException {
    FileBatchLog next = (FileBatchLog) crashedInAppend(open());

    assertThat(next.diagnostics().tornBytes()).isPositive();
    assertThat(names()).anyMatch(name -> name.endsWith(".torn"));
  }

  @Test
  void open_withADamagedHeaderOfASegment_keepsItsRecords() throws IOException {
    FileBatchLog log = open();
    long epoch = log.epoch();
    append(log, 9, 500);
    log.close();
    flip(lastSegment(), 20);

    FileBatchLog next = open();

    assertThat(next.epoch()).isEqualTo(epoch);
    assertThat(next.read(1, 100, 1 << 20)).hasSize(9);
    append(next, 1, 10);
  }

  @Test
  void open_withAMissingSegmentInTheMiddle_readsTheOthers() throws IOException {
    FileBatchLog log = open();
    append(log, 60, 5_000);
    log.close();
    List<String> segments = names().stream().filter(name -> name.endsWith(".seg")).toList();

    Files.delete(directory.resolve("wal").resolve(segments.get(2)));
    FileBatchLog next = open();

    assertThat(next.nextSeq()).isEqualTo(61);
    assertThat(next.damaged()).hasSize(1);
    long lost = next.damaged().getFirst().to() - next.damaged().getFirst().from() + 1;
    assertThat(next.read(1, 100, 1 << 20)).hasSize(60 - (int) lost);
    assertThat(next.damaged().getFirst().samples()).isEqualTo(lost * SignedBatches.SAMPLES);
  }

  @Test
  void open_besideASegmentOfALaterVersion_leavesItAlone() throws IOException {
    FileBatchLog log = open();
    append(log, 2, 500);
    log.close();
    Path later = directory.resolve("wal").resolve(SegmentNames.of(50));
    byte[] bytes = new dev.sentinelj.core.wal.SegmentHeader(9, 1, 50, 1, 0).toBytes();
    Files.write(later, bytes);

    FileBatchLog next = open();

    assertThat(next.diagnostics().foreignSegments()).isEqualTo(1);
    assertThat(next.read(1, 10, 1 << 20)).hasSize(2);
    assertThat(Files.readAllBytes(later)).isEqualTo(bytes);
  }

  @Test
  void append_whenTheFileSystemMustKeepMoreFree_isFull() {
    FileBatchLog log = open();
    log.close();
    config = new WalConfig(64 << 10, 64 << 20, Long.MAX_VALUE / 2);

    FileBatchLog next = open();

    assertThatThrownBy(() -> append(next, 1, 10)).isInstanceOf(BatchLog.LogFullException.class);
    assertThat(next.nextSeq()).isEqualTo(1);
  }

  /** As by a restore of files under a running agent. */
  @Test
  void append_afterTheDirectoryWasReplaced_failsUntilTheLogIsOpenedAnew() throws IOException {
    FileBatchLog log = open();
    append(log, 1, 50);
    Path wal = directory.resolve("wal");
    Path copy = copied(wal, directory.resolve("copy"));
    append(log, 1, 50);
    Files.move(wal, directory.resolve("away"));
    Files.move(copy, wal);

    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> append(log, 1, 50))
          .isInstanceOf(PortUnavailableException.class)
          .hasMessageContaining("removed or replaced");
    }
    log.close();

    assertThat(open().read(1, 10, 1 << 20)).hasSize(1);
  }

  private static Path copied(Path from, Path to) throws IOException {
    Files.createDirectory(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
    return to;
  }

  @Test
  void read_ofARecordDamagedSince_skipsIt() throws IOException {
    FileBatchLog log = open();
    append(log, 3, 500);
    flip(lastSegment(), 64 + 700 + 100);

    assertThat(log.read(1, 10, 1 << 20)).hasSize(2);
    assertThat(log.diagnostics().unreadableRecords()).isEqualTo(1);
  }

  @Test
  void read_ofARecordDamagedSince_reportsItsSeqOnceUntilItIsNamed() throws IOException {
    FileBatchLog log = open();
    append(log, 3, 500);
    flip(lastSegment(), 64 + 700 + 100);

    for (int time = 0; time < 2; time++) {
      assertThat(log.read(1, 10, 1 << 20)).hasSize(2);
    }

    assertThat(log.damaged()).containsExactly(corrupt(2, 2));
    name(log, log.damaged());
    assertThat(log.read(1, 10, 1 << 20)).hasSize(3);
    assertThat(log.damaged()).isEmpty();
  }

  @Test
  void open_afterMoreDamageBesideWhatIsNamed_reportsOneGapThatEnclosesIt() throws IOException {
    FileBatchLog log = open();
    append(log, 6, 500);
    log.close();
    Path segment = lastSegment();
    int record = (int) (Files.size(segment) - 64 - 32) / 6;
    flip(segment, 64 + 2 * record + 100);
    FileBatchLog next = open();
    assertThat(next.damaged()).containsExactly(corrupt(3, 3));
    name(next, next.damaged());
    next.close();

    flip(segment, 64 + record + 100);
    flip(segment, 64 + 3 * record + 100);
    FileBatchLog third = open();

    long samples = 3L * SignedBatches.SAMPLES; // the store takes off those of seq 3
    assertThat(third.damaged())
        .containsExactly(new LossRecord.Entry(2, 4, samples, LossReason.CORRUPT));
    name(third, third.damaged());
    third.close();
    assertThat(open().damaged()).isEmpty();
  }

  @Test
  void open_afterASealedSegmentLostItsEnd_callsDamagedWhatWasDurable() throws IOException {
    FileBatchLog log = open();
    append(log, 3, 500);
    log.close();
    Path first = lastSegment();
    FileBatchLog next = open();
    append(next, 2, 500);
    next.close();
    try (RandomAccessFile file = new RandomAccessFile(first.toFile(), "rw")) {
      file.setLength(Files.size(first) - 32 - 100); // the seal, and 100 bytes of the third record
    }

    FileBatchLog third = open();

    assertThat(third.torn()).isEmpty();
    assertThat(third.damaged()).containsExactly(corrupt(3, 3));
  }

  @Test
  void open_withNothingLeftOfTheOldestSegment_reportsItUntilItIsNamed() throws IOException {
    FileBatchLog log = open();
    append(log, 1, 500);
    log.close();
    Path first = lastSegment();
    FileBatchLog next = open();
    append(next, 1, 500);
    next.close();
    flip(first, 64 + 100);

    open().close(); // dies before it can name the loss
    FileBatchLog third = open();

    assertThat(third.damaged()).containsExactly(corrupt(1, 1));
    name(third, third.damaged());
    assertThat(first).doesNotExist();
  }

  private static LossRecord.Entry corrupt(long from, long to) {
    return new LossRecord.Entry(
        from, to, (to - from + 1) * SignedBatches.SAMPLES, LossReason.CORRUPT);
  }

  private static void name(FileBatchLog log, List<LossRecord.Entry> losses) {
    SignedBatch named = SignedBatches.losses(log.epoch(), log.nextSeq(), log.sampleCount(), losses);
    Stages.await(log.append(named, List.of()));
  }

  private Path lastSegment() throws IOException {
    String name = names().stream().filter(one -> one.endsWith(".seg")).toList().getLast();
    return directory.resolve("wal").resolve(name);
  }

  private List<String> names() throws IOException {
    return new NioSegmentFiles(directory.resolve("wal")).list().stream().sorted().toList();
  }

  private static void flip(Path file, int at) throws IOException {
    try (RandomAccessFile random = new RandomAccessFile(file.toFile(), "rw")) {
      random.seek(at);
      int before = random.read();
      random.seek(at);
      random.write(before ^ 4);
    }
  }
}
