package dev.sentinelj.application.agent;

import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.BatchKind;
import dev.sentinelj.core.batch.CopiedBatch;
import dev.sentinelj.core.batch.MovedRecord;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.progress.SeqRanges;
import dev.sentinelj.core.wire.MalformedException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What the logs themselves say of each other: which batches of which epoch they carry as copies,
 * and whose last word they hold. There is no other memory of an interrupted copy.
 *
 * <p>An origin is told by epoch and seq alone: the logs of one directory hold one content under it.
 */
final class Origins {
  private final Map<Long, OfLog> byLog = new HashMap<>();

  private static final class OfLog {
    private final Map<Long, SeqRanges> copied = new HashMap<>();
    private final Set<Long> moved = new HashSet<>();
  }

  /** Reads what {@code batch}, which is durable in its log, says of other epochs. */
  void read(SignedBatch batch) {
    long log = batch.id().epoch().epoch();
    try {
      SignedBatch original = CopiedBatch.originalOf(batch);
      if (batch.header().kind() == BatchKind.COPY) {
        copied(log, original.id());
      }
      if (original.header().kind() == BatchKind.MOVED) {
        moved(log, MovedRecord.parse(original.body()).epoch());
      }
    } catch (MalformedException _) {
      // It names no origin that anybody could believe; what it was about is copied once more.
    }
  }

  /** The log of epoch {@code log} carries a copy of {@code origin}. */
  void copied(long log, BatchId origin) {
    of(log).copied.computeIfAbsent(origin.epoch().epoch(), _ -> new SeqRanges()).add(origin.seq());
  }

  /** The log of epoch {@code log} holds the last word on {@code epoch}. */
  void moved(long log, long epoch) {
    of(log).moved.add(epoch);
  }

  /** Whether a log other than that of epoch {@code except} carries a copy of {@code origin}. */
  boolean carried(BatchId origin, long except) {
    for (Map.Entry<Long, OfLog> log : byLog.entrySet()) {
      SeqRanges copied = log.getValue().copied.get(origin.epoch().epoch());
      if (log.getKey() != except && copied != null && copied.contains(origin.seq())) {
        return true;
      }
    }
    return false;
  }

  /** Whether a log other than its own holds the last word on {@code epoch}. */
  boolean moved(long epoch) {
    return byLog.entrySet().stream()
        .anyMatch(log -> log.getKey() != epoch && log.getValue().moved.contains(epoch));
  }

  void forget(long log) {
    byLog.remove(log);
  }

  private OfLog of(long log) {
    return byLog.computeIfAbsent(log, _ -> new OfLog());
  }
}
