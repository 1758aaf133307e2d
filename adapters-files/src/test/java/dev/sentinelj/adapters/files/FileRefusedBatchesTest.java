package dev.sentinelj.adapters.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.ingest.Refusal;
import dev.sentinelj.core.wire.WireReader;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.testkit.SignedBatches;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileRefusedBatchesTest {
  @TempDir private Path directory;

  @Test
  void keep_writesTheWholeBatchUnderItsIdAndTheReason() throws IOException {
    SignedBatch batch = SignedBatches.data(7, 3, 500);

    refused().keep(batch, Refusal.TOO_BIG);

    assertThat(kept())
        .extracting(FileRefusedBatchesTest::name)
        .containsExactly("0000000000000007-3.too_big");
    SignedBatch back = SignedBatch.readFrom(new WireReader(Files.readAllBytes(kept().getFirst())));
    assertThat(back.headerBytes()).isEqualTo(batch.headerBytes());
    assertThat(back.body()).isEqualTo(batch.body());
    assertThat(back.contentMac()).isEqualTo(batch.contentMac());
  }

  @Test
  void keep_ofTheSameBatchAgain_changesNothing() throws IOException {
    refused().keep(SignedBatches.data(7, 3, 500), Refusal.TOO_BIG);
    Object key = Files.getAttribute(kept().getFirst(), "unix:ino");

    refused().keep(SignedBatches.data(7, 3, 500), Refusal.TOO_BIG);
    refused().keep(SignedBatches.data(7, 4, 500), Refusal.TOO_BIG);

    assertThat(kept()).hasSize(2);
    assertThat(Files.getAttribute(kept().getFirst(), "unix:ino")).isEqualTo(key);
  }

  @Test
  void keep_whereNothingCanBeWritten_throwsAndMaySucceedLater() throws IOException {
    Path file = Files.createFile(directory.resolve("refused"));
    SignedBatch batch = SignedBatches.data(7, 3, 500);

    assertThatThrownBy(() -> refused().keep(batch, Refusal.TOO_BIG))
        .isInstanceOf(PortUnavailableException.class);

    Files.delete(file);
    refused().keep(batch, Refusal.TOO_BIG);
    assertThat(kept()).hasSize(1);
  }

  private FileRefusedBatches refused() {
    return new FileRefusedBatches(directory.resolve("refused"));
  }

  private List<Path> kept() throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("refused"))) {
      return files.sorted().toList();
    }
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }
}
