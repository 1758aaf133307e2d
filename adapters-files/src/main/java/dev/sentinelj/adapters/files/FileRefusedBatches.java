package dev.sentinelj.adapters.files;

import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.ingest.Refusal;
import dev.sentinelj.core.wire.WireWriter;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.RefusedBatches;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Refused batches as files, one each in its stored form: {@code epoch-seq.reason}. Nothing removes
 * them but their owner.
 */
public final class FileRefusedBatches implements RefusedBatches {
  private final Path directory;

  public FileRefusedBatches(Path directory) {
    this.directory = directory;
  }

  @Override
  public void keep(SignedBatch batch, Refusal reason) {
    BatchId id = batch.id();
    Path file =
        directory.resolve(
            "%s-%d.%s".formatted(EpochId.hex(id.epoch().epoch()), id.seq(), reason.word()));
    if (Files.exists(file)) {
      return;
    }
    try {
      AtomicFiles.createDirectory(directory);
      WireWriter out = new WireWriter(batch.bodyLength() + 512);
      batch.writeTo(out);
      AtomicFiles.write(file, out.toBytes());
    } catch (IOException e) {
      throw new PortUnavailableException("keeping the refused batch " + id + " in " + directory, e);
    }
  }
}
