package dev.sentinelj.application.agent;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.BatchHeader;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.BatchKind;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.LossReason;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.signing.AgentKey;
import dev.sentinelj.core.signing.Envelope;
import dev.sentinelj.core.signing.SigningPolicy;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.BatchCodec;
import dev.sentinelj.ports.driven.BatchLog;
import dev.sentinelj.ports.driven.MetricSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Collects readings into batches, signs them and appends them to the log, one append at a time.
 * Seqs that the log reports as torn or damaged get a loss record before anything else is appended.
 *
 * <p>Nothing here blocks. Not thread safe: everything is called on the mailbox given, which runs
 * one task at a time and none inside another.
 */
public final class Batcher implements LossWriter {

  /**
   * Wait after a failed append before the same content is tried again; it doubles up to the cap.
   */
  private static final long RETRY_MILLIS = 1_000;

  private static final long MAX_RETRY_MILLIS = 30_000;

  private final AgentId agent;
  private BatchLog log;
  private final BatchCodec codec;
  private final Supplier<AgentKey> key;
  private final ServerTerms terms;
  private final BatcherOptions options;
  private final Executor mailbox;
  private final Supplier<Now> clock;

  private final Deque<OpenBatch.Closed> closed = new ArrayDeque<>();
  private final Deque<LossRecord.Entry> losses = new ArrayDeque<>();
  private final Deque<Draft> drafts = new ArrayDeque<>();
  private final List<CompletableFuture<Void>> flushes = new ArrayList<>();
  private @Nullable OpenBatch open;
  private boolean first = true;
  private boolean appending;
  private boolean draftWasLast;
  private boolean draftsOnly;
  private boolean held;
  private boolean logFull;
  private long waitingBytes;
  private int failuresInARow;
  private long retryAtNanos;

  private long batches;
  private long samples;
  private long readingsRefused;
  private long appendFailures;
  private String lastError = "";

  /**
   * What the batcher did so far.
   *
   * @param batches appended, loss records included
   * @param samples appended
   * @param readingsRefused turned away because the log had no room; their samples were never
   *     counted
   * @param appendFailures appends that failed
   * @param waitingBytes estimated bytes in memory
   * @param logFull whether the log had no room at the last try
   * @param lastError why the last append failed, in one line; empty when it did not
   */
  public record Status(
      long batches,
      long samples,
      long readingsRefused,
      long appendFailures,
      long waitingBytes,
      boolean logFull,
      String lastError) {}

  /**
   * @param key the key that signs now
   * @param mailbox where completions of the log come back to
   * @param clock read once per completion
   */
  public Batcher(
      AgentId agent,
      BatchLog log,
      BatchCodec codec,
      Supplier<AgentKey> key,
      ServerTerms terms,
      BatcherOptions options,
      Executor mailbox,
      Supplier<Now> clock) {
    this.agent = agent;
    this.log = log;
    this.codec = codec;
    this.key = key;
    this.terms = terms;
    this.options = options;
    this.mailbox = mailbox;
    this.clock = clock;
  }

  /** Whether another reading is welcome; otherwise collecting pauses. */
  public boolean accepting() {
    return !logFull && waitingBytes < options.maxWaitingBytes();
  }

  /**
   * Takes a reading, row by row.
   *
   * @return false when there is no room: the reading was counted as refused and is gone
   */
  public boolean add(MetricSource.Reading reading, Now now) {
    if (!accepting()) {
      readingsRefused++;
      return false;
    }
    for (int row = 0; row < reading.columns().rows(); row++) {
      OpenBatch.Row one = new OpenBatch.Row(reading.columns(), row);
      if (one.samples() > 0) {
        addRow(reading.set(), one, now);
      }
    }
    poll(now);
    return true;
  }

  @Override
  public void lost(LossRecord.Entry loss) {
    losses.add(loss);
  }

  /** Closes what is old enough and starts the next append. */
  public void poll(Now now) {
    if (open != null && ageLeft(open, now) <= 0) {
      closeOpen(now);
    }
    appendNext(now);
  }

  /** Closes the open batch. Completes when everything taken so far is in the log. */
  public CompletionStage<Void> flush(Now now) {
    closeOpen(now);
    CompletableFuture<Void> done = new CompletableFuture<>();
    flushes.add(done);
    appendNext(now);
    return done;
  }

  /** Has {@code draft} written; between two of them a batch that waits goes first. */
  void write(Draft draft, Now now) {
    drafts.add(draft);
    appendNext(now);
  }

  /** Whether an append to the log has not come back yet. */
  boolean appending() {
    return appending;
  }

  /** Begins no append until {@link #continueIn} or {@link #release}. */
  void hold() {
    held = true;
  }

  void release(Now now) {
    if (held) {
      held = false;
      appendNext(now);
    }
  }

  /**
   * From now on appends to {@code successor}. Losses of a former log that were not written yet are
   * forgotten: what they are about is carried over and judged anew.
   *
   * @throws IllegalStateException while {@link #appending()}
   */
  void continueIn(BatchLog successor, Now now) {
    if (appending) {
      throw new IllegalStateException("an append to the former log is under way");
    }
    if (log.epoch() != successor.epoch()) {
      losses.clear();
    }
    log = successor;
    held = false;
    failuresInARow = 0;
    logFull = false;
    appendNext(now);
  }

  public Status status() {
    long openBytes = open == null ? 0 : open.bytes();
    return new Status(
        batches,
        samples,
        readingsRefused,
        appendFailures,
        waitingBytes + openBytes,
        logFull,
        lastError);
  }

  private void addRow(SeriesSet set, OpenBatch.Row row, Now now) {
    if (open != null && !takes(open, set, row)) {
      closeOpen(now);
    }
    if (open == null) {
      open = new OpenBatch(now);
    }
    open.add(set, row);
  }

  private boolean takes(OpenBatch batch, SeriesSet set, OpenBatch.Row row) {
    return batch.takes(
        set, row, options.maxSamples(), maxBytes(), Envelope.MAX_ATTACHED, BatchCodec.MAX_CELLS);
  }

  /** Half of what the server takes, because definitions travel beside the body. */
  private long maxBytes() {
    return Math.min(options.maxBytes(), terms.limits().maxBatchBytes() / 2);
  }

  private long ageLeft(OpenBatch batch, Now now) {
    return (first ? options.firstMaxAge() : options.maxAge()).toMillis()
        - now.millisSince(batch.openedAt());
  }

  private void closeOpen(Now now) {
    if (open != null) {
      OpenBatch.Closed batch = open.close(now, terms.offsetMillis());
      open = null;
      first = false;
      waitingBytes += batch.bytes();
      closed.add(batch);
    }
  }

  private void appendNext(Now now) {
    if (appending || held || (!draftsOnly && waitsAfterFailure(now))) {
      return;
    }
    draftsOnly &= !drafts.isEmpty();
    List<LossRecord.Entry> lost = dueLosses();
    if (!lost.isEmpty()) {
      append(lossBatch(lost), List.of(), () -> losses.removeAll(lost));
    } else if (dataIsNext()) {
      draftWasLast = false;
      OpenBatch.Closed next = closed.getFirst();
      append(dataBatch(next), next.sets(), () -> dataWritten(next));
    } else {
      if (closed.isEmpty()) {
        flushes.forEach(flush -> flush.complete(null));
        flushes.clear();
      }
      appendDraft();
    }
  }

  /** Drafts have room in the log that data has not: what is full for one is not for the other. */
  private boolean dataIsNext() {
    if (closed.isEmpty()) {
      return false;
    }
    return drafts.isEmpty() || (!draftsOnly && draftWasLast) || !flushes.isEmpty();
  }

  private boolean waitsAfterFailure(Now now) {
    return failuresInARow > 0 && now.monotonicNanos() - retryAtNanos < 0;
  }

  private void appendDraft() {
    Draft draft = drafts.peekFirst();
    if (draft != null) {
      draftWasLast = true;
      long epoch = log.epoch();
      append(
          batch(draft),
          draft.sets(),
          () -> {
            drafts.remove(draft);
            draft.written().accept(epoch);
          });
    }
  }

  private List<LossRecord.Entry> dueLosses() {
    List<LossRecord.Entry> due = new ArrayList<>();
    log.torn().forEach(seq -> due.add(new LossRecord.Entry(seq, seq, 0, LossReason.TORN)));
    due.addAll(log.damaged());
    due.addAll(losses);
    return List.copyOf(due.subList(0, Math.min(due.size(), LossRecord.MAX_ENTRIES)));
  }

  private void dataWritten(OpenBatch.Closed written) {
    closed.removeFirst();
    waitingBytes -= written.bytes();
  }

  private SignedBatch lossBatch(List<LossRecord.Entry> lost) {
    return batch(
        new Draft(
            BatchKind.LOSS,
            new LossRecord(lost).toBytes(),
            0,
            0,
            0,
            terms.offsetMillis(),
            List.of(),
            _ -> {}));
  }

  private SignedBatch dataBatch(OpenBatch.Closed batch) {
    byte[] body =
        codec.encode(nextId(), log.sampleCount(), batch.createdAtMillis(), batch.blocks());
    return batch(
        new Draft(
            BatchKind.DATA,
            body,
            batch.samples(),
            batch.leastMillis(),
            batch.greatestMillis(),
            batch.offsetMillis(),
            batch.sets(),
            _ -> {}));
  }

  private SignedBatch batch(Draft draft) {
    long from = log.sampleCount();
    BatchHeader header =
        new BatchHeader(
            draft.kind(),
            nextId(),
            from,
            from + draft.samples(),
            draft.leastMillis(),
            draft.greatestMillis(),
            draft.offsetMillis(),
            Sha256.of(draft.body()));
    return SigningPolicy.signContent(key.get(), header, draft.body());
  }

  private BatchId nextId() {
    return new BatchId(new EpochId(agent, log.epoch()), log.nextSeq());
  }

  private void append(SignedBatch batch, List<SeriesSet> sets, Runnable written) {
    appending = true;
    startAppend(batch, sets)
        .whenCompleteAsync((_, failure) -> appended(batch, written, failure), mailbox);
  }

  private CompletionStage<Void> startAppend(SignedBatch batch, List<SeriesSet> sets) {
    try {
      return log.append(batch, sets);
    } catch (BatchLog.LogFullException | PortUnavailableException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private void appended(SignedBatch batch, Runnable written, @Nullable Throwable failure) {
    Now now = clock.get();
    appending = false;
    if (failure == null) {
      failuresInARow = 0;
      logFull = false;
      lastError = "";
      batches++;
      samples += batch.header().samples();
      written.run();
    } else {
      appendFailed(failure, now);
    }
    appendNext(now);
  }

  private void appendFailed(Throwable failure, Now now) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    appendFailures++;
    failuresInARow++;
    logFull = cause instanceof BatchLog.LogFullException;
    draftsOnly = logFull && !draftWasLast && !drafts.isEmpty();
    lastError = "appending to the log: " + Objects.toString(cause.getMessage(), cause.toString());
    long wait = Math.min(MAX_RETRY_MILLIS, RETRY_MILLIS << Math.min(failuresInARow - 1, 10));
    retryAtNanos = now.monotonicNanos() + wait * 1_000_000;
  }
}
