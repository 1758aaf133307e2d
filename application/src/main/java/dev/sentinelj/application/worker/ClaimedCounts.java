package dev.sentinelj.application.worker;

import dev.sentinelj.core.batch.BatchHeader;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.batch.MovedRecord;
import dev.sentinelj.core.progress.Counts;
import dev.sentinelj.core.wire.MalformedException;
import java.util.stream.LongStream;

/**
 * Numbers that an agent signs and nobody can check. They are added up beside those of others, so
 * none above {@link BatchHeader#MAX_COUNT} is let in. Each check throws {@link MalformedException}.
 */
final class ClaimedCounts {
  private ClaimedCounts() {}

  static void check(BatchHeader header) {
    check("seq", header.id().seq());
    check("count of samples", header.sampleTo());
  }

  static void check(LossRecord record) {
    record.entries().forEach(ClaimedCounts::check);
    check("lost samples", record.entries().stream().mapToLong(LossRecord.Entry::samples));
  }

  /** Ranges that moved lie within the last seq. */
  static void check(MovedRecord record) {
    check("last seq", record.lastSeq());
    check("count of samples", record.samples());
    check("moved samples", record.movedSamples());
    record.lost().forEach(ClaimedCounts::check);
    check("lost samples", record.lost().stream().mapToLong(LossRecord.Entry::samples));
  }

  private static void check(LossRecord.Entry entry) {
    check("lost seq", entry.to());
  }

  private static void check(String what, LongStream counts) {
    check(what, Counts.sum(counts));
  }

  private static void check(String what, long count) {
    if (count > BatchHeader.MAX_COUNT) {
      throw new MalformedException("a " + what + " beyond what anybody counts: " + count);
    }
  }
}
