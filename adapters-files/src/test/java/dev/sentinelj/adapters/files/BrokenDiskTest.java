package dev.sentinelj.adapters.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.frame.FrameAddress;
import dev.sentinelj.ports.driven.BusPosition;
import dev.sentinelj.testkit.SignedBatches;
import dev.sentinelj.testkit.Stages;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that fails to read a few sectors costs what lies in them, and no start. */
class BrokenDiskTest {
  private static final WalConfig WAL = new WalConfig(64 << 10, 1 << 20, 0);
  private static final FrameAddress QUEUE = new FrameAddress(0, Lane.FRESH);

  private final CrashFs disk = new CrashFs();

  @TempDir private Path temp;

  @Test
  void log_whereASectorCannotBeRead_opensWithoutWhatLiesInIt() throws IOException {
    FileBatchLog log = openLog();
    for (int i = 0; i < 40; i++) {
      Stages.await(log.append(SignedBatches.data(log.epoch(), i + 1, 1_000), List.of()));
    }
    log.close();
    disk.breakAt(9_000);

    FileBatchLog next = openLog();

    List<Long> read =
        next.read(1, 100, 1 << 20).stream().map(SignedBatch::id).map(id -> id.seq()).toList();
    assertThat(read).hasSizeBetween(33, 38).contains(1L, 40L);
    long lost = next.damaged().stream().mapToLong(loss -> loss.to() - loss.from() + 1).sum();
    assertThat(lost).isEqualTo(40 - read.size());
    assertThat(next.damaged().getFirst().samples()).isEqualTo(lost * SignedBatches.SAMPLES);
    assertThat(next.nextSeq()).isEqualTo(41);
    next.close();
  }

  @Test
  void log_whereTheTornTailCannotBeRead_opens() throws IOException {
    FileBatchLog log = openLog();
    Stages.await(log.append(SignedBatches.data(log.epoch(), 1, 1_000), List.of()));
    disk.breakAt(20_000);

    FileBatchLog next = openLog(); // the first was never ended

    assertThat(next.read(1, 10, 1 << 20)).hasSize(1);
    assertThat(next.diagnostics().tornBytes()).isPositive();
    assertThat(disk.list()).anyMatch(name -> name.endsWith(SegmentNames.TORN));
    next.close();
    log.close();
  }

  private FileBatchLog openLog() throws IOException {
    return FileBatchLog.open(disk, WAL, () -> 7, Optional.empty());
  }

  @Test
  void bus_whereASectorCannotBeRead_keepsTheOtherMessages() throws IOException {
    BusIdentity identity = busOf(20);
    disk.breakAt(9_000);

    BusRecovery found = BusRecovery.of(disk, identity);

    List<BusIndex.Entry> entries = found.index().after(QUEUE, 0, 100, 1 << 20);
    assertThat(entries).hasSizeBetween(13, 18);
    assertThat(found.damaged()).isPositive();
    assertThat(found.index().last(QUEUE)).isEqualTo(20);
    assertThat(new BusReader(disk).read(entries))
        .hasSameSizeAs(entries)
        .allMatch(Optional::isPresent);
  }

  @Test
  void bus_whereASectorFailsLater_readsTheOtherMessages() throws IOException {
    BusIdentity identity = busOf(20);
    List<BusIndex.Entry> entries =
        BusRecovery.of(disk, identity).index().after(QUEUE, 0, 100, 1 << 20);
    disk.breakAt(9_000);

    var read = new BusReader(disk).read(entries);

    assertThat(read).hasSize(20);
    assertThat(read.stream().filter(Optional::isPresent).count()).isBetween(13L, 18L);
  }

  @Test
  void fileThatCannotBeOpened_saysNothing() throws IOException {
    disk.create("file", 10_000).close();
    disk.lock("file");

    assertThatThrownBy(() -> SalvagedBytes.read(disk, "file", 0, 10_000))
        .isInstanceOf(FileNotFoundException.class);
  }

  @Test
  void blocks_areThoseOfTheDisk() throws IOException {
    disk.create("file", 10_000).close();
    disk.breakAt(5_000);

    ByteBuffer bytes = SalvagedBytes.read(disk, "file", 1_000, 20_000);

    assertThat(bytes.remaining()).isEqualTo(9_000);
    assertThat(bytes.get(4_095 - 1_000)).isZero();
    assertThat(bytes.get(4_096 - 1_000)).isNotZero();
    assertThat(bytes.get(8_191 - 1_000)).isNotZero();
    assertThat(bytes.get(8_192 - 1_000)).isZero();
  }

  /** A bus of one segment with {@code messages} of 1,000 bytes, copied to the disk that breaks. */
  private BusIdentity busOf(int messages) throws IOException {
    Path directory = temp.resolve("bus");
    FileBatchBus bus =
        FileBatchBus.open(directory, new BusConfig(1, 64 << 10, 1 << 20, 0), () -> 1_000);
    BusPosition last = BusPosition.START;
    for (int i = 0; i < messages; i++) {
      last = Stages.await(bus.publish(QUEUE, "m" + i, new byte[1_000]));
    }
    assertThat(last.sequence()).isEqualTo(messages);
    bus.close();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(one -> one.toString().endsWith(".seg")).toList()) {
        byte[] bytes = Files.readAllBytes(file);
        try (SegmentFiles.Appender copy =
            disk.create(String.valueOf(file.getFileName()), bytes.length)) {
          copy.write(0, ByteBuffer.wrap(bytes));
          copy.force();
        }
      }
    }
    return BusIdentity.in(directory, 1).orElseThrow();
  }
}
