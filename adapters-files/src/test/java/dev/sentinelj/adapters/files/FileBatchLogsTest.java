package dev.sentinelj.adapters.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sentinelj.ports.driven.BatchLog;
import dev.sentinelj.ports.driven.BatchLogs;
import dev.sentinelj.testkit.BatchLogsContract;
import dev.sentinelj.testkit.SignedBatches;
import dev.sentinelj.testkit.Stages;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileBatchLogsTest extends BatchLogsContract {
  @TempDir private Path directory;

  private final List<FileBatchLogs> opened = new ArrayList<>();
  private WalConfig config = new WalConfig(64 << 10, 64 << 20, 0);

  @Override
  protected BatchLogs create(int segmentBytes, long maxBytes) {
    config = new WalConfig(segmentBytes, maxBytes, 0);
    return open();
  }

  @Override
  protected BatchLogs restarted(BatchLogs logs) {
    ((FileBatchLogs) logs).close();
    return open();
  }

  /** Where a file should be made there is one already, and what should be deleted is no file. */
  @Override
  protected Runnable diskFails(BatchLogs logs) {
    Path away = directory.resolve("away");
    List<Path> blocks = new ArrayList<>();
    try {
      Files.createDirectory(away);
      for (String name : names()) {
        if (name.endsWith(".seg")) {
          blocks.add(Files.move(wal().resolve(name), away.resolve(name)));
          Files.createDirectories(wal().resolve(name).resolve("in the way"));
        }
      }
      Path next = Files.createFile(wal().resolve(Integer.toString(logs.formers().size() + 1)));
      return () -> mend(blocks, next);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void mend(List<Path> moved, Path next) {
    try {
      Files.delete(next);
      for (Path segment : moved) {
        Path place = wal().resolve(segment.getFileName());
        Files.delete(place.resolve("in the way"));
        Files.delete(place);
        Files.move(segment, place);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private FileBatchLogs open() {
    FileBatchLogs logs = FileBatchLogs.open(wal(), config);
    opened.add(logs);
    return logs;
  }

  private Path wal() {
    return directory.resolve("wal");
  }

  @AfterEach
  void closeAll() {
    opened.forEach(FileBatchLogs::close);
  }

  @Test
  void logOfBefore_isTheFirstOne() {
    FileBatchLog old = FileBatchLog.open(wal(), config);
    append(old, 2);
    old.close();

    FileBatchLogs logs = open();

    assertThat(logs.current().epoch()).isEqualTo(old.epoch());
    assertThat(logs.current().nextSeq()).isEqualTo(3);
  }

  @Test
  void open_aSecondTime_isRefused() {
    open().succeed();

    assertThatThrownBy(this::open)
        .isInstanceOf(UnusablePathException.class)
        .hasMessageContaining("in use by process");
  }

  @Test
  void directoryWithoutASegment_isTheCurrentLog() throws IOException {
    FileBatchLogs logs = open();
    append(logs.current(), 2);
    logs.close();
    Files.createDirectory(wal().resolve("1"));

    FileBatchLogs after = open();

    assertThat(after.formers()).hasSize(1);
    assertThat(after.current().nextSeq()).isEqualTo(1);
    append(after.current(), 1);
    after.close();
    assertThat(open().current().nextSeq()).isEqualTo(2);
  }

  @Test
  void retire_deletesTheDirectory() throws IOException {
    FileBatchLogs logs = open();
    append(logs.current(), 1);
    append(logs.succeed(), 1);
    logs.succeed();

    logs.retire(logs.formers().getFirst());
    logs.retire(logs.formers().getFirst());

    assertThat(names()).containsExactlyInAnyOrder("lock", "2");
  }

  @Test
  void retire_leavesFilesOfOthersAlone() throws IOException {
    FileBatchLogs logs = open();
    append(logs.succeed(), 1);
    Files.writeString(wal().resolve("1").resolve("note"), "mine");
    logs.succeed();
    logs.retire(logs.formers().getFirst());
    logs.retire(logs.formers().getFirst());
    logs.close();

    FileBatchLogs after = open();

    assertThat(after.formers()).isEmpty();
    assertThat(wal().resolve("1").resolve("note")).exists();
  }

  private static void append(BatchLog log, int batches) {
    for (int i = 0; i < batches; i++) {
      Stages.await(log.append(SignedBatches.data(log.epoch(), log.nextSeq(), 100), List.of()));
    }
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(wal())) {
      return files.map(file -> String.valueOf(file.getFileName())).toList();
    }
  }
}
