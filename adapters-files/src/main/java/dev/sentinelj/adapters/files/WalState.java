package dev.sentinelj.adapters.files;

import dev.sentinelj.core.batch.BatchKind;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.progress.SeqRanges;
import dev.sentinelj.core.wal.SegmentHeader;
import dev.sentinelj.core.wire.MalformedException;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.BatchLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * What a log knows of itself: its segments, how far it is written and durable, and what of it is
 * missing. Shared by those who append and read and by the one who writes; thread safe.
 *
 * <p>Longer than most files because all of it must be seen under one lock.
 */
final class WalState {
  private final SegmentFiles files;
  private final long epoch;

  // All that follows is guarded by this.
  private final List<WalSegment> segments;
  private final LogLosses losses;
  private long activeNumber;
  private long nextSeq;
  private long sampleCount;
  private long written;
  private long writtenSamples;
  private long durableThrough;
  private int life;
  private long failedWrites;
  private long unreadableRecords;
  private long leaving;
  private boolean replaced;
  private boolean closed;

  WalState(SegmentFiles files, WalRecovery found) {
    this.files = files;
    this.epoch = found.epoch();
    this.segments = new ArrayList<>(found.segments());
    this.losses = found.losses();
    this.nextSeq = found.nextSeq();
    this.written = nextSeq - 1;
    this.sampleCount = found.sampleCount();
    this.writtenSamples = sampleCount;
    this.durableThrough = found.lastSeq();
  }

  long epoch() {
    return epoch;
  }

  synchronized long nextSeq() {
    return nextSeq;
  }

  synchronized long sampleCount() {
    return sampleCount;
  }

  synchronized long durableThrough() {
    return durableThrough;
  }

  synchronized List<Long> torn() {
    return losses.torn();
  }

  synchronized List<SeqRanges.Range> everTorn() {
    return losses.everTorn();
  }

  synchronized List<LossRecord.Entry> damaged() {
    return losses.damaged();
  }

  synchronized boolean refused(long seq) {
    return losses.refused(seq);
  }

  synchronized long failedWrites() {
    return failedWrites;
  }

  synchronized long unreadableRecords() {
    return unreadableRecords;
  }

  /** The first seq it holds; the next one when it holds none. */
  synchronized long firstSeq() {
    return segments.stream()
        .filter(segment -> segment.count() > 0)
        .findFirst()
        .map(segment -> segment.seq(0))
        .orElse(nextSeq);
  }

  synchronized BatchLog.Usage usage(long maxBytes) {
    long batches = segments.stream().mapToLong(WalSegment::count).sum();
    return new BatchLog.Usage(batches, bytesHeld(), maxBytes);
  }

  synchronized long bytesHeld() {
    return segments.stream().mapToLong(WalSegment::fileBytes).sum();
  }

  /** Names of its segments, oldest first. */
  synchronized List<String> segmentNames() {
    return segments.stream().map(WalSegment::name).toList();
  }

  synchronized int segmentCount() {
    return segments.size();
  }

  /** Whether there must be a file of this segment. */
  synchronized boolean hasSegment(long number) {
    return number != leaving && segments.stream().anyMatch(segment -> segment.number() == number);
  }

  /**
   * Whether the directory that holds {@code names} is still the one of this log, as far as they
   * tell.
   */
  synchronized boolean standsAmong(Collection<String> names) {
    return !replaced && (activeNumber == 0 || names.contains(SegmentNames.of(activeNumber)));
  }

  synchronized boolean isReplaced() {
    return replaced;
  }

  /** Other files stand where this log wrote its own: nothing is written beside them. */
  synchronized void replaced() {
    replaced = true;
  }

  /** The file of the oldest segment is being deleted. */
  synchronized void leaving(long number) {
    leaving = number;
  }

  /** The oldest segment, if it holds batches and takes no more. */
  synchronized Optional<WalSegment> oldestSealed() {
    return segments.stream()
        .findFirst()
        .filter(first -> first.count() > 0 && first.number() != activeNumber);
  }

  /** Durable records of one segment from {@code from} on. */
  synchronized Optional<WalReader.Run> run(
      long from, int maxCount, long maxBytes, boolean atLeastOne) {
    return segments.stream()
        .filter(segment -> segment.count() > 0 && segment.lastSeq() >= from)
        .findFirst()
        .flatMap(segment -> WalReader.Run.of(segment, from, maxCount, maxBytes, atLeastOne));
  }

  /** Where this set stands, newest segment first. */
  synchronized List<WalReader.SetCopy> copies(Sha256 hash) {
    return segments.reversed().stream()
        .flatMap(segment ->
            segment.set(hash).stream().map(place -> new WalReader.SetCopy(segment.number(), place)))
        .toList();
  }

  synchronized boolean isClosed() {
    return closed;
  }

  /**
   * Takes no more appends.
   *
   * @return whether it took some until now
   */
  synchronized boolean close() {
    boolean wasOpen = !closed;
    closed = true;
    return wasOpen;
  }

  /** Gives the next seq to {@code batch} and hands it to {@code queue} before any later one. */
  synchronized CompletionStage<Void> append(
      SignedBatch batch, List<SeriesSet> sets, Consumer<WalWriter.Append> queue) {
    if (closed) {
      return CompletableFuture.failedStage(
          new PortUnavailableException("appending to a log that is closed"));
    }
    if (batch.id().epoch().epoch() != epoch || batch.id().seq() != nextSeq) {
      throw new IllegalArgumentException(batch.id() + " where seq " + nextSeq + " goes");
    }
    WalWriter.Append append = WalWriter.Append.of(batch, sets, life);
    nextSeq++;
    sampleCount = batch.header().sampleTo();
    queue.accept(append);
    return append.done().minimalCompletionStage();
  }

  synchronized void noteUnreadable(List<WalSegment.Held> records) {
    unreadableRecords += records.stream().filter(losses::addUnreadable).count();
  }

  synchronized void countUnreadableSet() {
    unreadableRecords++;
  }

  synchronized void countFailedWrite() {
    failedWrites++;
  }

  /** The oldest segment has no file any more. */
  synchronized void removeOldest() {
    segments.removeFirst();
    dropEmptySegments();
  }

  /**
   * Segments that hold no batch are of use to nobody once they are the oldest, and every loss is
   * named: until then they are what a restart would find it by.
   */
  synchronized void dropEmptySegments() {
    while (losses.allNamed()
        && segments.size() > 1
        && segments.getFirst().count() == 0
        && segments.getFirst().number() != activeNumber) {
      try {
        files.delete(segments.getFirst().name());
      } catch (IOException e) {
        return; // tried again with the next deletion
      }
      segments.removeFirst();
    }
  }

  synchronized SegmentHeader headerFor(long number) {
    return SegmentHeader.of(epoch, number, written + 1, writtenSamples);
  }

  synchronized long nextAfterWritten() {
    return written + 1;
  }

  synchronized boolean isOfThisLife(WalWriter.Append append) {
    return append.life() == life;
  }

  /** From now on {@code segment} takes the records. */
  synchronized void begun(WalSegment segment) {
    segments.add(segment);
    activeNumber = segment.number();
  }

  /** No segment takes records any more. */
  synchronized void ended() {
    activeNumber = 0;
  }

  synchronized void sealed(WalSegment segment, long bytes) {
    segment.fileBytes(bytes);
  }

  /** The records are on the disk for good: from now on they can be read. */
  synchronized void durable(WalSegment segment, List<WalWriter.Placed> placed) {
    for (WalWriter.Placed one : placed) {
      SignedBatch batch = one.append().batch();
      one.sets().forEach(set -> segment.addSet(set.hash(), set.place()));
      segment.add(batch.id().seq(), one.place(), batch.header().samples());
      written = batch.id().seq();
      durableThrough = written;
      writtenSamples = batch.header().sampleTo();
      if (batch.header().kind() == BatchKind.LOSS) {
        nameLosses(batch);
      }
    }
  }

  private void nameLosses(SignedBatch batch) {
    try {
      losses.name(LossRecord.parse(batch.body()).entries());
      dropEmptySegments();
    } catch (MalformedException e) {
      // A loss record that says nothing names nothing.
    }
  }

  /** Takes back every seq that was given out behind the last durable one. */
  synchronized void failed() {
    life++;
    nextSeq = written + 1;
    sampleCount = writtenSamples;
  }
}
