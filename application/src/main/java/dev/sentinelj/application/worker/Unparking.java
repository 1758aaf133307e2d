package dev.sentinelj.application.worker;

import dev.sentinelj.application.worker.LaneCursor.Way;
import dev.sentinelj.application.worker.PullItem.Believed;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.QuarantineReason;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.ports.driven.PartitionTransaction;
import dev.sentinelj.ports.driven.PartitionTransaction.JournalRow;
import dev.sentinelj.ports.driven.PartitionTransaction.ParkedBatch;
import dev.sentinelj.ports.driven.PartitionTransaction.Portion;
import java.util.List;
import java.util.Optional;

/**
 * Parked batches that one transaction takes up again. A few hundred bytes may decode to a million
 * cells, so it takes as much as a pull may hold and leaves the rest to the next one. One use.
 */
final class Unparking {
  private static final String NEVER_CAME = "its series set never came";
  private static final String POISON =
      "its series set came, and it failed " + LaneCursor.MAX_TRIES + " times alone";

  private final BatchJudge judge;
  private final WorkerLimits limits;
  private final Optional<Take> take;
  private long bytes;
  private long cells;
  private int batches;
  private boolean more;
  private Optional<BatchId> first = Optional.empty();

  /** Which of the parked batches of a partition. */
  sealed interface Which {
    /** Their sets are known by now. */
    record Known() implements Which {}

    /** They were parked before a time and wait no more. */
    record Overdue(long beforeMillis) implements Which {}
  }

  /**
   * @param batches how many at most
   * @param suspect the one that failed alone
   * @param way what is made of that one
   */
  record Attempt(int batches, Optional<BatchId> suspect, Way way) {}

  /** What a transaction is made for that has no pull. */
  record Take(Which which, Attempt attempt) {}

  Unparking(BatchJudge judge, WorkerLimits limits, Optional<Take> take) {
    this.judge = judge;
    this.limits = limits;
    this.take = take;
  }

  Optional<Take> take() {
    return take;
  }

  /** Whether there may be more of the kind that was taken. */
  boolean more() {
    return more;
  }

  /** The first one that was taken by {@link #taken}. */
  Optional<BatchId> first() {
    return first;
  }

  /** What the transaction was made to take, in the order it was parked. */
  List<PullItem> taken(PartitionTransaction tx) {
    return take.map(some -> taken(tx, some)).orElse(List.of());
  }

  private List<PullItem> taken(PartitionTransaction tx, Take some) {
    Portion most = new Portion(some.attempt().batches(), limits.pullBytes(), limits.pullCells());
    List<ParkedBatch> parked =
        switch (some.which()) {
          case Which.Known() -> tx.unparkKnown(most);
          case Which.Overdue(long beforeMillis) -> tx.unparkBefore(beforeMillis, most);
        };
    more = !parked.isEmpty();
    first = parked.stream().map(one -> one.row().batch().id()).findFirst();
    return parked.stream().map(one -> item(one.row(), some)).toList();
  }

  private PullItem item(JournalRow row, Take some) {
    boolean suspect = some.attempt().suspect().equals(Optional.of(row.batch().id()));
    Way way = suspect ? some.attempt().way() : Way.STORE;
    boolean overdue = some.which() instanceof Which.Overdue;
    QuarantineReason reason = overdue ? QuarantineReason.NO_SET : QuarantineReason.POISON;
    String detail = overdue ? NEVER_CAME : POISON;
    if (way == Way.UNENTERED) {
      return new PullItem.Unbelieved(row, reason, detail);
    }
    return overdue || way != Way.STORE
        ? BatchJudge.aside(row, List.of(), reason, detail)
        : judge.believed(row, List.of());
  }

  /** What waits for a set that comes with a pull, as far as there is room beside what came. */
  List<Believed> waitingFor(PartitionTransaction tx, AgentId agent, Sha256 set) {
    Portion room =
        new Portion(
            Math.max(1, limits.pullMessages() - batches),
            limits.pullBytes() - bytes,
            limits.pullCells() - cells);
    if (room.bytes() <= 0 || room.cells() <= 0) {
      more = true;
      return List.of();
    }
    List<ParkedBatch> parked = tx.unpark(agent, set, room);
    parked.forEach(this::count);
    return parked.stream().map(one -> judge.believed(one.row(), List.of())).toList();
  }

  /** They are left to a transaction of their own. */
  void leave() {
    more = true;
  }

  private void count(ParkedBatch one) {
    more = true;
    batches++;
    bytes += one.row().batch().bodyLength();
    cells += one.cells();
  }
}
