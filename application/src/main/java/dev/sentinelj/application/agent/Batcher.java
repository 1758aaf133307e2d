package dev.sentinelj.application.agent;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.LossReason;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.signing.AgentKey;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.driven.BatchCodec;
import dev.sentinelj.ports.driven.BatchLog;
import dev.sentinelj.ports.driven.MetricSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Collects readings into batches, signs them and appends them to the log, one append at a time.
 * Seqs that the log reports as torn or damaged get a loss record before anything else is appended,
 * as long as the log takes one.
 *
 * <p>Nothing here blocks. Not thread safe: everything is called on the mailbox given, which runs
 * one task at a time and none inside another.
 */
public final class Batcher implements LossWriter {

  private final AgentId agent;
  private BatchLog log;
  private final BatchCodec codec;
  private final Supplier<AgentKey> key;
  private final ServerTerms terms;
  private final BatcherOptions options;
  private final Executor mailbox;
  private final Supplier<Now> clock;

  private final Gathering gathering;
  private final AppendQueue queue = new AppendQueue();
  private final AppendTries tries = new AppendTries();

  /** A loss record that cannot be written holds up nothing else. */
  private final AppendTries lossTries = new AppendTries();

  private final List<LossRecord.Entry> losses = new ArrayList<>();
  private boolean appending;
  private boolean held;
  private long batches;
  private long samples;
  private long readingsRefused;

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
    this.gathering = new Gathering(options, terms, queue::add);
  }

  /** Whether another reading is welcome; otherwise collecting pauses. */
  public boolean accepting() {
    return !tries.logFull() && queue.bytes() < options.maxWaitingBytes();
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
    gathering.add(reading, now);
    poll(now);
    return true;
  }

  @Override
  public void lost(LossRecord.Entry loss) {
    losses.add(loss);
  }

  /** Closes what is old enough and starts the next append. */
  public void poll(Now now) {
    gathering.poll(now);
    appendNext(now);
  }

  /** Closes the open batch. Completes when everything taken so far is in the log. */
  public CompletionStage<Void> flush(Now now) {
    gathering.close(now);
    CompletionStage<Void> done = queue.flush();
    appendNext(now);
    return done;
  }

  /** Has {@code draft} written; between two of them a batch that waits goes first. */
  void write(Draft draft, Now now) {
    queue.add(draft);
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
    tries.anotherLog();
    lossTries.anotherLog();
    appendNext(now);
  }

  public Status status() {
    return new Status(
        batches,
        samples,
        readingsRefused,
        tries.failures() + lossTries.failures(),
        queue.bytes() + gathering.bytes(),
        tries.logFull(),
        tries.lastError().isEmpty() ? lossTries.lastError() : tries.lastError());
  }

  private void appendNext(Now now) {
    if (appending || held) {
      return;
    }
    List<LossRecord.Entry> due = lossTries.waiting(now) ? List.of() : dueLosses();
    if (!due.isEmpty()) {
      LossRecord record = new LossRecord(due);
      append(Draft.of(record, terms.offsetMillis(), _ -> losses.removeAll(due)), lossTries);
    } else if (queue.draftFits() || !tries.waiting(now)) {
      queue.next(this::encoded).ifPresent(draft -> append(draft, tries));
    }
  }

  private List<LossRecord.Entry> dueLosses() {
    List<LossRecord.Entry> due = new ArrayList<>();
    log.torn().forEach(seq -> due.add(new LossRecord.Entry(seq, seq, 0, LossReason.TORN)));
    due.addAll(log.damaged());
    due.addAll(losses);
    return List.copyOf(due.subList(0, Math.min(due.size(), LossRecord.MAX_ENTRIES)));
  }

  private Draft encoded(OpenBatch.Closed batch) {
    byte[] body =
        codec.encode(nextId(), log.sampleCount(), batch.createdAtMillis(), batch.blocks());
    return Draft.of(batch, body);
  }

  private BatchId nextId() {
    return new BatchId(new EpochId(agent, log.epoch()), log.nextSeq());
  }

  /**
   * @param counted what counts how this ends
   */
  private void append(Draft draft, AppendTries counted) {
    SignedBatch batch = draft.signed(nextId(), log.sampleCount(), key.get());
    appending = true;
    startAppend(batch, draft.sets())
        .whenCompleteAsync((_, failure) -> appended(draft, counted, failure), mailbox);
  }

  private CompletionStage<Void> startAppend(SignedBatch batch, List<SeriesSet> sets) {
    try {
      return log.append(batch, sets);
    } catch (RuntimeException | OutOfMemoryError e) { // the next append must not wait for this one
      return CompletableFuture.failedFuture(e);
    }
  }

  private void appended(Draft draft, AppendTries counted, @Nullable Throwable failure) {
    Now now = clock.get();
    appending = false;
    if (failure == null) {
      counted.succeeded();
      batches++;
      samples += draft.samples();
      draft.written().accept(log.epoch());
    } else {
      counted.failed(failure, now);
      if (counted == tries) {
        queue.failed(tries.logFull());
      }
    }
    appendNext(now);
  }
}
