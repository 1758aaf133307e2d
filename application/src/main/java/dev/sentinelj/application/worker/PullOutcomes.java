package dev.sentinelj.application.worker;

import dev.sentinelj.application.status.Counters;
import dev.sentinelj.application.worker.PullReader.Opened;
import dev.sentinelj.application.worker.PullScript.Pull;
import dev.sentinelj.application.worker.WorkerStrand.Shape;
import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.PartitionStore.FailureKind;
import dev.sentinelj.ports.driven.PartitionStore.Outcome;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** What the end of a transaction means for what is remembered of its partition. */
final class PullOutcomes {
  private static final long RELOAD_PAUSE_MILLIS = 1_000;

  private final Counters counters;
  private final PartitionReports reports;

  PullOutcomes(Counters counters, PartitionReports reports) {
    this.counters = counters;
    this.reports = reports;
  }

  void settle(
      OwnedPartition partition,
      Pull pull,
      Shape shape,
      PullScript script,
      Outcome outcome,
      Now now) {
    switch (outcome) {
      case Outcome.Committed() -> committed(partition, pull, shape, script, now);
      case Outcome.RolledBack(FailureKind kind, String message) ->
          rolledBack(partition, pull, shape, script, kind, message, now);
      case Outcome.Fenced(String message) -> {
        partition.forgive(pull.lane()); // it says nothing about the batch that was tried
        partition.lost();
        counters.increment("worker_fenced");
        partition.pause(now, RELOAD_PAUSE_MILLIS);
        reports.lost(partition, message);
      }
    }
  }

  /** Only a failure of the store says nothing about the batch that was tried. */
  void unknown(
      OwnedPartition partition,
      Lane lane,
      PullScript script,
      @Nullable Throwable failure,
      Now now) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause instanceof PortUnavailableException) {
      partition.forgive(lane);
    } else {
      partition.parkedFailed(script.parked());
    }
    counters.increment("worker_unknown_outcomes");
    partition.drop();
    partition.pause(now, RELOAD_PAUSE_MILLIS);
    reports.owned(partition, "an outcome is unknown");
  }

  /** Messages could not even be made into a transaction. */
  void failed(
      OwnedPartition partition, LaneCursor cursor, List<Opened> opened, String why, Now now) {
    reports.owned(partition, "decoding failed: " + why);
    int batches = opened.getFirst() instanceof Opened.Batches(_, var entries) ? entries.size() : 1;
    cursor.failed(opened.getLast().position(), opened.size(), batches);
    partition.pause(now);
  }

  private void committed(
      OwnedPartition partition, Pull pull, Shape shape, PullScript script, Now now) {
    script.remember(now.wallMillis());
    partition.memory().tick(shape.lastTick());
    script.counts().forEach(counters::add);
    counters.increment("worker_commits");
    LaneCursor cursor = partition.cursor(pull.lane());
    if (pull.moves()) {
      cursor.moved(pull.to());
    } else if (shape.messages() > 0) {
      cursor.nextBatch();
    }
    partition.parkedDone(script.parked(), now);
    partition.succeeded();
  }

  private void rolledBack(
      OwnedPartition partition,
      Pull pull,
      Shape shape,
      PullScript script,
      FailureKind kind,
      String message,
      Now now) {
    counters.increment("worker_rollbacks");
    reports.owned(partition, "rolled back: " + message);
    LaneCursor cursor = partition.cursor(pull.lane());
    switch (kind) {
      case DATA, SCRIPT -> {
        if (shape.messages() > 0) {
          cursor.failed(pull.to(), shape.messages(), shape.batches());
        } else {
          partition.parkedFailed(script.parked());
        }
      }
      case TRANSIENT -> {
        if (shape.messages() > 0) {
          cursor.uncount();
        }
      }
    }
    partition.pause(now);
  }
}
