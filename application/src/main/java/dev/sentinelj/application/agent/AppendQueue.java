package dev.sentinelj.application.agent;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * What waits to be appended: batches and drafts take turns. Drafts have room in the log that data
 * has not, so they go on while it is full for data; a flush is for batches, so these go first then.
 */
final class AppendQueue {
  private final Deque<OpenBatch.Closed> batches = new ArrayDeque<>();
  private final Deque<Draft> drafts = new ArrayDeque<>();
  private final List<CompletableFuture<Void>> flushes = new ArrayList<>();
  private boolean draftWasLast;
  private boolean fullForData;
  private long bytes;

  void add(OpenBatch.Closed batch) {
    bytes += batch.bytes();
    batches.add(batch);
  }

  void add(Draft draft) {
    drafts.add(draft);
  }

  /** Completes when no batch waits and {@link #next} is called. */
  CompletionStage<Void> flush() {
    CompletableFuture<Void> done = new CompletableFuture<>();
    flushes.add(done);
    return done;
  }

  /** Estimated bytes of the batches that wait. */
  long bytes() {
    return bytes;
  }

  /** Whether a draft waits that the log has room for although the last batch did not fit. */
  boolean draftFits() {
    return fullForData && !batchIsNext();
  }

  /**
   * Whose turn it is. It stays first until it is written.
   *
   * @param encode makes a draft of a batch
   */
  Optional<Draft> next(Function<OpenBatch.Closed, Draft> encode) {
    if (batchIsNext()) {
      draftWasLast = false;
      OpenBatch.Closed batch = batches.getFirst();
      return Optional.of(encode.apply(batch).whenWritten(_ -> written(batch)));
    }
    if (batches.isEmpty()) {
      flushes.forEach(flush -> flush.complete(null));
      flushes.clear();
    }
    Optional<Draft> draft = Optional.ofNullable(drafts.peekFirst());
    draftWasLast |= draft.isPresent();
    return draft.map(next ->
        next.whenWritten(epoch -> {
          written(next);
          next.written().accept(epoch);
        }));
  }

  /** What was to be appended could not be. */
  void failed(boolean logFull) {
    fullForData = logFull && !draftWasLast && !drafts.isEmpty();
  }

  private boolean batchIsNext() {
    if (batches.isEmpty()) {
      return false;
    }
    return drafts.isEmpty() || (!fullForData && draftWasLast) || !flushes.isEmpty();
  }

  private void written(OpenBatch.Closed batch) {
    batches.removeFirst();
    bytes -= batch.bytes();
  }

  private void written(Draft draft) {
    drafts.remove(draft);
    fullForData &= !drafts.isEmpty();
  }
}
