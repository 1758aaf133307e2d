package dev.sentinelj.adapters.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sentinelj.ports.driven.BatchLog.LogFullException;
import dev.sentinelj.testkit.SignedBatches;
import dev.sentinelj.testkit.Stages;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a log does where the file system has less left than is to stay free. */
class WalRoomTest {
  private static final WalConfig CONFIG = new WalConfig(64 << 10, 64 << 20, 256 << 20);

  private final CrashFs disk = new CrashFs();
  private FileBatchLog log;

  @BeforeEach
  void fillUp() throws IOException {
    log = FileBatchLog.open(disk, CONFIG, () -> 7, Optional.empty());
    disk.usable(WalRoom.RESERVE_BYTES + 2_000);
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 100; i++) {
                data(1_000);
              }
            })
        .isInstanceOf(LogFullException.class);
  }

  @AfterEach
  void close() {
    log.close();
  }

  @Test
  void loss_onANearlyFullDisk_takesASegmentThatJustFits() {
    long before = log.usage().bytes();

    loss();

    assertThat(log.durableThrough()).isEqualTo(log.nextSeq() - 1);
    assertThat(log.read(log.durableThrough(), 1, 1)).hasSize(1);
    assertThat(log.usage().bytes() - before).isBetween(1L, 1_000L);
    assertThatThrownBy(() -> data(200)).isInstanceOf(LogFullException.class);
    loss();
  }

  @Test
  void loss_whereNotEvenTheReserveIsLeft_isFullAndFindsRoomLater() {
    disk.usable(WalRoom.RESERVE_BYTES - 1);

    assertThatThrownBy(this::loss).isInstanceOf(LogFullException.class);

    disk.usable(WalRoom.RESERVE_BYTES + 2_000);
    loss();
  }

  @Test
  void loss_whereThereIsSpace_takesASegmentOfTheUsualSize() {
    disk.usable(Long.MAX_VALUE);
    long before = log.usage().bytes();

    loss();

    assertThat(log.usage().bytes() - before).isEqualTo(CONFIG.segmentBytes());
    data(200);
  }

  private void loss() {
    Stages.await(
        log.append(
            SignedBatches.torn(log.epoch(), log.nextSeq(), log.sampleCount(), 1_000), List.of()));
  }

  private void data(int bytes) {
    Stages.await(log.append(SignedBatches.data(log.epoch(), log.nextSeq(), bytes), List.of()));
  }
}
