package dev.sentinelj.adapters.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sentinelj.core.wal.SegmentHeader;
import dev.sentinelj.core.wal.TornSeqs;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class ActiveSegmentTest {
  private final CrashFs disk = new CrashFs();

  @Test
  void create_whoseNameIsNotMadeDurable_leavesNothingBehind() {
    disk.failDirectoryForces(1);

    assertThatThrownBy(this::create).isInstanceOf(IOException.class);

    assertThat(disk.list()).isEmpty();
    assertThat(disk.openAppenders()).isZero();
  }

  @Test
  void create_whoseHeaderIsNotMadeDurable_leavesNothingBehind() {
    disk.failForceWith(new OutOfMemoryError("no heap"));

    assertThatThrownBy(this::create).isInstanceOf(OutOfMemoryError.class);

    assertThat(disk.list()).isEmpty();
    assertThat(disk.openAppenders()).isZero();
  }

  private ActiveSegment create() throws IOException {
    return ActiveSegment.create(disk, SegmentHeader.of(7, 1, 1, 0), 4 << 10, TornSeqs.NONE);
  }
}
