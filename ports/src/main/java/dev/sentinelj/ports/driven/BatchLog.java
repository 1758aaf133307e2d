package dev.sentinelj.ports.driven;

import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.progress.SeqRanges;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The agent's write-ahead log: signed batches in order of their seq, kept until the database has
 * them. One owner appends; reading is safe from any thread.
 */
public interface BatchLog {

  /** A random number made with the log; it never changes. */
  long epoch();

  /**
   * The seq the next append must carry: 1 for an empty log, never one that was given out before.
   */
  long nextSeq();

  /** The {@code sample_to} of the last record: where the running count goes on. */
  long sampleCount();

  /**
   * Seqs that were given to an append which never returned, because of a crash, and that no loss
   * record names yet; ascending. They are never used again.
   */
  List<Long> torn();

  /**
   * Seqs that were ever {@link #torn}, ascending: those too that a loss record named, and whether
   * or not that record is still held. Whatever the database has under them, {@link #sampleCount}
   * goes on without it.
   */
  List<SeqRanges.Range> everTorn();

  /**
   * Seqs that were on the disk for good and cannot be read any more, with the samples they held,
   * and that no loss record names yet; ascending. A loss record that names an entry as it is takes
   * it off.
   */
  List<LossRecord.Entry> damaged();

  /**
   * Whether a loss record that is held names {@code seq} as refused for good: it will never have a
   * row, and sending it again would only bring the same refusal.
   */
  boolean refused(long seq);

  /**
   * Writes {@code batch}, with the definitions of the series sets it refers to where its segment
   * lacks them. Completes when both are on the disk for good; appends complete in order. When it
   * fails, the batch is not in the log.
   *
   * <p>New data fail with {@link LogFullException} where the log has no room for them. Loss records
   * find room in a full log: what they name could never go without them.
   *
   * @throws IllegalArgumentException when {@code batch} does not carry this epoch and {@link
   *     #nextSeq()}
   */
  CompletionStage<Void> append(SignedBatch batch, List<SeriesSet> sets);

  /** The greatest seq that is on the disk for good; 0 for an empty log. */
  long durableThrough();

  /** The least seq still held; {@link #nextSeq()} when none is. */
  long firstSeq();

  /**
   * Durable batches with {@code seq >= from} in order of seq, at most {@code maxCount} and, beyond
   * the first, at most {@code maxBytes} of bodies. Empty only when there is no durable batch from
   * {@code from} on that can be read: what is damaged is passed over, however much it is.
   */
  List<SignedBatch> read(long from, int maxCount, long maxBytes);

  /**
   * A definition that some held batch was appended with; empty when there is none, or all that is
   * left of it is damaged.
   *
   * @throws dev.sentinelj.ports.PortUnavailableException when it could not be looked for
   */
  Optional<SeriesSet> set(Sha256 hash);

  /** The oldest segment that takes no more appends, if there is one. */
  Optional<SealedSegment> oldestSealed();

  /**
   * Deletes the oldest sealed segment.
   *
   * @throws IllegalArgumentException when {@code segment} is not {@link #oldestSealed()}
   */
  void delete(SealedSegment segment);

  /** What the log holds and may hold. */
  Usage usage();

  /**
   * @param firstSeq least seq in it
   * @param lastSeq greatest seq in it, less than {@code firstSeq} + {@value #MAX_SEQS}
   * @param contentHashes of its batches that can be read, in order of seq
   */
  record SealedSegment(long number, long firstSeq, long lastSeq, List<Sha256> contentHashes) {
    /** Half of what a gateway compares at once: a segment must be one question. */
    public static final int MAX_SEQS = 50_000;

    public SealedSegment {
      contentHashes = List.copyOf(contentHashes);
    }
  }

  /**
   * @param batches durable batches held
   * @param bytes bytes of disk taken
   * @param maxBytes the cap
   */
  record Usage(long batches, long bytes, long maxBytes) {}

  /** The log has no room under its policy; nothing was written. Later there may be. */
  final class LogFullException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public LogFullException(String message) {
      super(message);
    }
  }
}
