package dev.sentinelj.adapters.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.frame.FrameAddress;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.BusPosition;
import dev.sentinelj.testkit.SignedBatches;
import dev.sentinelj.testkit.Stages;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is thrown at the one thread that writes, it goes on and answers. */
class GroupWriterTest {
  private static final FrameAddress QUEUE = new FrameAddress(0, Lane.FRESH);

  @TempDir private Path temp;

  @Test
  void run_thatThrows_isToldAndTheNextGroupIsWritten() {
    CompletableFuture<String> written = new CompletableFuture<>();
    CompletableFuture<Throwable> told = new CompletableFuture<>();
    try (GroupWriter<String> writer =
        new GroupWriter<>(
            "test", group -> written.complete(group.getFirst()), (_, e) -> told.complete(e))) {
      writer.start();
      UncheckedIOException thrown = new UncheckedIOException(new IOException("gone"));

      Optional<PortUnavailableException> failed =
          Stages.await(
              writer.runSoon(() -> {
                throw thrown;
              }));
      writer.write("next");

      assertThat(failed.orElseThrow()).hasCause(thrown);
      assertThat(Stages.await(told)).isSameAs(thrown);
      assertThat(Stages.await(written)).isEqualTo("next");
    }
  }

  @Test
  void log_whereMemoryRunsOut_failsTheAppendAndGoesOnInANewSegment() throws IOException {
    CrashFs disk = new CrashFs();
    WalConfig config = new WalConfig(64 << 10, 1 << 20, 0);
    FileBatchLog log = FileBatchLog.open(disk, config, () -> 7, Optional.empty());
    append(log, 1);
    disk.failForceWith(new OutOfMemoryError("no heap"));

    assertThatThrownBy(() -> append(log, 2))
        .isInstanceOf(PortUnavailableException.class)
        .hasCauseInstanceOf(OutOfMemoryError.class);

    assertThat(log.nextSeq()).isEqualTo(2);
    append(log, 2);
    assertThat(log.read(1, 10, 1 << 20)).hasSize(2);
    assertThat(log.segmentNames()).hasSize(2);
    log.close();
    FileBatchLog next = FileBatchLog.open(disk, config, () -> 7, Optional.empty());
    assertThat(next.read(1, 10, 1 << 20)).hasSize(2);
    assertThat(next.damaged()).isEmpty();
    next.close();
  }

  private static void append(FileBatchLog log, long seq) {
    Stages.await(log.append(SignedBatches.data(log.epoch(), seq, 100), List.of()));
  }

  @Test
  void bus_whereMemoryRunsOut_failsThePublishAndGoesOn() {
    AtomicBoolean broken = new AtomicBoolean();
    try (FileBatchBus bus =
        FileBatchBus.open(
            temp.resolve("bus"),
            new BusConfig(1, 64 << 10, 1 << 20, 0),
            () -> {
              if (broken.get()) {
                throw new OutOfMemoryError("no heap");
              }
              return 1_000;
            })) {
      broken.set(true);

      assertThatThrownBy(() -> Stages.await(bus.publish(QUEUE, "a", new byte[1])))
          .isInstanceOf(PortUnavailableException.class);

      broken.set(false);
      BusPosition at = Stages.await(bus.publish(QUEUE, "a", new byte[1]));
      assertThat(bus.read(QUEUE, BusPosition.START, 10, 1_000)).hasSize(1);
      assertThat(bus.verify(QUEUE, at)).isEqualTo(at);
    }
  }
}
