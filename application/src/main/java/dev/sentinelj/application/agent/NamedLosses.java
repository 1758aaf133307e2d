package dev.sentinelj.application.agent;

import dev.sentinelj.core.batch.BatchKind;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.progress.SeqRanges;
import dev.sentinelj.core.wire.MalformedException;
import dev.sentinelj.ports.driven.BatchLog;
import java.util.List;

/** The seqs of a log that its own loss records name. */
final class NamedLosses {
  private final LogScan scan;
  private final SeqRanges named = new SeqRanges();

  NamedLosses(BatchLog log) {
    this.scan = new LogScan(log);
  }

  /**
   * Reads a piece of the log.
   *
   * @return whether there may be more
   * @throws dev.sentinelj.ports.PortUnavailableException when it could not be read
   */
  boolean readOn() {
    List<SignedBatch> read = scan.next();
    read.stream().filter(batch -> batch.header().kind() == BatchKind.LOSS).forEach(this::name);
    return !read.isEmpty();
  }

  boolean has(long seq) {
    return named.contains(seq);
  }

  private void name(SignedBatch loss) {
    try {
      for (LossRecord.Entry entry : LossRecord.parse(loss.body()).entries()) {
        named.add(entry.from(), entry.to());
      }
    } catch (MalformedException _) {
      // A loss record that says nothing names nothing.
    }
  }
}
