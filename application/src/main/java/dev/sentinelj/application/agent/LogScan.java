package dev.sentinelj.application.agent;

import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.ports.driven.BatchLog;
import java.util.List;
import java.util.stream.Stream;

/** Reads what a log holds at one moment, a piece at a time, so that nothing else waits long. */
final class LogScan {
  private static final int COUNT = 256;
  private static final long BYTES = 1L << 20;

  /** A piece spans at most so many seqs, far fewer than a gateway answers at once. */
  private static final long SPAN = 10_000;

  private final BatchLog log;
  private final long end;
  private long next;

  /** Everything that is durable now. */
  LogScan(BatchLog log) {
    this(log, 1, log.durableThrough());
  }

  /** From and to, both inclusive. */
  LogScan(BatchLog log, long from, long to) {
    this.log = log;
    this.next = from;
    this.end = to;
  }

  /** The next batches in order of seq; empty at the end. */
  List<SignedBatch> next() {
    if (next > end) {
      return List.of();
    }
    List<SignedBatch> read = log.read(next, COUNT, BYTES);
    if (read.isEmpty()) {
      next = end + 1;
      return read;
    }
    long to = Math.min(end, read.getFirst().id().seq() + SPAN - 1);
    List<SignedBatch> piece = read.stream().filter(batch -> batch.id().seq() <= to).toList();
    next = piece.isEmpty() ? end + 1 : piece.getLast().id().seq() + 1;
    return piece;
  }

  /** Everything readable under {@code from} to {@code to}, both inclusive, at once. */
  static List<SignedBatch> all(BatchLog log, long from, long to) {
    LogScan scan = new LogScan(log, from, to);
    return Stream.generate(scan::next)
        .takeWhile(read -> !read.isEmpty())
        .flatMap(List::stream)
        .toList();
  }
}
