package dev.sentinelj.adapters.memory;

import dev.sentinelj.core.batch.BatchKind;
import dev.sentinelj.core.batch.LossReason;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.progress.SeqRanges;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.BatchLog;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A log in memory. An append completes before {@link #append} returns, unless syncs are held: then
 * it waits for {@link #sync}, and {@link #crash} loses it as a power cut would. Thread safe.
 */
public final class InMemoryBatchLog implements BatchLog {
  private final Disk disk;
  private final Deque<Pending> pending = new ArrayDeque<>();
  private boolean holding;
  private boolean dead;
  private long given;

  /**
   * @param epoch the random number of this log
   * @param segmentBytes a segment takes no more appends when its bodies reach this
   * @param maxBytes cap of all bodies and sets
   */
  public InMemoryBatchLog(long epoch, int segmentBytes, long maxBytes) {
    this(new Disk(epoch, segmentBytes, maxBytes));
  }

  private InMemoryBatchLog(Disk disk) {
    this.disk = disk;
    this.given = disk.nextSeq - 1;
  }

  /** What survives a crash. */
  private static final class Disk {
    private final long epoch;
    private final int segmentBytes;
    private final long maxBytes;
    private final Deque<Segment> segments = new ArrayDeque<>();
    private final TreeSet<Long> torn = new TreeSet<>();
    private final SeqRanges everTorn = new SeqRanges();
    private final SeqRanges refused = new SeqRanges();
    private final List<LossRecord.Entry> damaged = new ArrayList<>();
    private long nextSeq = 1;
    private long sampleCount;
    private long durableThrough;
    private long bytes;

    private Disk(long epoch, int segmentBytes, long maxBytes) {
      this.epoch = epoch;
      this.segmentBytes = segmentBytes;
      this.maxBytes = maxBytes;
      segments.add(new Segment(1));
    }

    private Disk(Disk other) {
      epoch = other.epoch;
      segmentBytes = other.segmentBytes;
      maxBytes = other.maxBytes;
      other.segments.forEach(segment -> segments.add(new Segment(segment)));
      torn.addAll(other.torn);
      other.everTorn.toList().forEach(range -> everTorn.add(range.from(), range.to()));
      other.refused.toList().forEach(range -> refused.add(range.from(), range.to()));
      damaged.addAll(other.damaged);
      nextSeq = other.nextSeq;
      sampleCount = other.sampleCount;
      durableThrough = other.durableThrough;
      bytes = other.bytes;
    }

    private void tear(long seq) {
      torn.add(seq);
      everTorn.add(seq);
    }
  }

  private static final class Segment {
    private final long number;
    private final List<SignedBatch> batches = new ArrayList<>();
    private final Map<Sha256, SeriesSet> sets = new HashMap<>();
    private long bytes;

    private Segment(long number) {
      this.number = number;
    }

    private Segment(Segment other) {
      number = other.number;
      batches.addAll(other.batches);
      sets.putAll(other.sets);
      bytes = other.bytes;
    }
  }

  private record Pending(SignedBatch batch, List<SeriesSet> sets, CompletableFuture<Void> done) {}

  @Override
  public long epoch() {
    return disk.epoch;
  }

  @Override
  public synchronized long nextSeq() {
    return given + 1;
  }

  @Override
  public synchronized long sampleCount() {
    return pending.isEmpty() ? disk.sampleCount : pending.getLast().batch().header().sampleTo();
  }

  @Override
  public synchronized List<Long> torn() {
    return List.copyOf(disk.torn);
  }

  @Override
  public synchronized List<SeqRanges.Range> everTorn() {
    return disk.everTorn.toList();
  }

  @Override
  public synchronized List<LossRecord.Entry> damaged() {
    return disk.damaged.stream().sorted(Comparator.comparingLong(LossRecord.Entry::from)).toList();
  }

  @Override
  public synchronized boolean refused(long seq) {
    return disk.refused.contains(seq);
  }

  /** Flips a bit of the batch under {@code seq}, which is durable: from now on it is damaged. */
  public synchronized void damage(long seq) {
    for (Segment segment : disk.segments) {
      for (SignedBatch batch : List.copyOf(segment.batches)) {
        if (batch.id().seq() == seq) {
          long samples = batch.header().samples();
          disk.damaged.add(new LossRecord.Entry(seq, seq, samples, LossReason.CORRUPT));
          segment.batches.remove(batch);
          unname(batch);
        }
      }
    }
  }

  /** What a loss record that is gone had named is named by none. */
  private void unname(SignedBatch gone) {
    if (gone.header().kind() != BatchKind.LOSS) {
      return;
    }
    for (LossRecord.Entry entry : LossRecord.parse(gone.body()).entries()) {
      if (entry.reason() == LossReason.TORN) {
        disk.tear(entry.from());
      } else if (entry.reason() == LossReason.CORRUPT) {
        disk.damaged.add(entry);
      }
    }
  }

  @Override
  public synchronized CompletionStage<Void> append(SignedBatch batch, List<SeriesSet> sets) {
    if (dead) {
      return CompletableFuture.failedStage(
          new PortUnavailableException("appending to a log that is gone"));
    }
    if (batch.id().epoch().epoch() != disk.epoch || batch.id().seq() != given + 1) {
      throw new IllegalArgumentException(batch.id() + " where seq " + (given + 1) + " goes");
    }
    long held = pending.stream().mapToLong(one -> one.batch().bodyLength()).sum();
    boolean fresh = batch.header().kind() == BatchKind.DATA;
    if (fresh && disk.bytes + held + batch.bodyLength() > disk.maxBytes) {
      return CompletableFuture.failedStage(
          new LogFullException("the log holds " + disk.bytes + " of " + disk.maxBytes + " bytes"));
    }
    given++;
    Pending one = new Pending(batch, List.copyOf(sets), new CompletableFuture<>());
    pending.add(one);
    if (!holding) {
      sync();
    }
    return one.done().minimalCompletionStage();
  }

  /** From now on appends wait for {@link #sync}. */
  public synchronized void holdSyncs() {
    holding = true;
  }

  /** Puts on the disk what waits, and completes it in order. */
  public synchronized void sync() {
    while (!pending.isEmpty()) {
      Pending one = pending.remove();
      store(one);
      one.done().complete(null);
    }
  }

  private void store(Pending one) {
    Segment last = disk.segments.getLast();
    boolean full =
        last.bytes + one.batch().bodyLength() > disk.segmentBytes
            || last.batches.size() == SealedSegment.MAX_SEQS;
    if (!last.batches.isEmpty() && full) {
      last = new Segment(last.number + 1);
      disk.segments.add(last);
    }
    long size = one.batch().bodyLength();
    for (SeriesSet set : one.sets()) {
      size += last.sets.put(set.hash(), set) == null ? set.toBytes().length : 0;
    }
    last.batches.add(one.batch());
    last.bytes += size;
    disk.bytes += size;
    disk.durableThrough = one.batch().id().seq();
    disk.nextSeq = disk.durableThrough + 1;
    disk.sampleCount = one.batch().header().sampleTo();
    if (one.batch().header().kind() == BatchKind.LOSS) {
      forgetNamed(LossRecord.parse(one.batch().body()));
    }
  }

  private void forgetNamed(LossRecord record) {
    disk.damaged.removeAll(record.entries());
    for (LossRecord.Entry entry : record.entries()) {
      if (entry.reason() == LossReason.REFUSED) {
        disk.refused.add(entry.from(), entry.to());
      }
      if (entry.reason() == LossReason.TORN) {
        disk.torn.subSet(entry.from(), true, entry.to(), true).clear();
      }
    }
  }

  /**
   * The log after a crash of its process: appends that wait are lost, the first of them left torn
   * bytes. This object fails every append from now on.
   */
  public synchronized InMemoryBatchLog crash() {
    return crash(0);
  }

  /**
   * As {@link #crash()}, but the first appends that wait were on the disk already, and nobody was
   * told.
   *
   * @param survivors how many of them, at most
   */
  public synchronized InMemoryBatchLog crash(int survivors) {
    for (int i = 0; i < survivors && !pending.isEmpty(); i++) {
      store(pending.remove());
    }
    if (!pending.isEmpty()) {
      disk.tear(disk.nextSeq++);
    }
    return end();
  }

  /**
   * As {@link #crash}, and the last record that was durable cannot be read any more either: nothing
   * tells it from one that was never finished, so its seq counts as torn.
   */
  public synchronized InMemoryBatchLog crashTearingTheLast() {
    List<SignedBatch> last = disk.segments.getLast().batches;
    if (last.isEmpty() || last.getLast().id().seq() != disk.durableThrough) {
      return crash();
    }
    SignedBatch torn = last.removeLast();
    disk.tear(torn.id().seq());
    disk.sampleCount = torn.header().sampleFrom();
    disk.durableThrough = torn.id().seq() - 1;
    unname(torn);
    return end();
  }

  synchronized void forgetTorn() {
    disk.torn.clear();
    disk.nextSeq = disk.durableThrough + 1;
    given = disk.durableThrough;
  }

  /** The log after an orderly stop and start: what waits is synced first. */
  public synchronized InMemoryBatchLog restart() {
    sync();
    return end();
  }

  /** What is on the disk now, a second time; this one lives on. */
  synchronized InMemoryBatchLog copy() {
    return new InMemoryBatchLog(new Disk(disk));
  }

  private InMemoryBatchLog end() {
    dead = true;
    pending.clear();
    Segment last = disk.segments.getLast();
    if (!last.batches.isEmpty()) {
      disk.segments.add(new Segment(last.number + 1));
    }
    return new InMemoryBatchLog(disk);
  }

  @Override
  public synchronized long durableThrough() {
    return disk.durableThrough;
  }

  @Override
  public synchronized long firstSeq() {
    return disk.segments.stream()
        .filter(segment -> !segment.batches.isEmpty())
        .findFirst()
        .map(segment -> segment.batches.getFirst().id().seq())
        .orElse(nextSeq());
  }

  @Override
  public synchronized List<SignedBatch> read(long from, int maxCount, long maxBytes) {
    List<SignedBatch> found = new ArrayList<>();
    long bytes = 0;
    for (Segment segment : disk.segments) {
      if (segment.batches.isEmpty() || segment.batches.getLast().id().seq() < from) {
        continue;
      }
      for (SignedBatch batch : segment.batches) {
        if (batch.id().seq() < from) {
          continue;
        }
        bytes += batch.bodyLength();
        if (found.size() == maxCount || (!found.isEmpty() && bytes > maxBytes)) {
          return found;
        }
        found.add(batch);
      }
    }
    return found;
  }

  @Override
  public synchronized Optional<SeriesSet> set(Sha256 hash) {
    return disk.segments.stream()
        .flatMap(segment -> Optional.ofNullable(segment.sets.get(hash)).stream())
        .findFirst();
  }

  @Override
  public synchronized Optional<SealedSegment> oldestSealed() {
    while (disk.segments.size() > 1 && disk.segments.getFirst().batches.isEmpty()) {
      disk.segments.removeFirst(); // all of it is damaged
    }
    if (disk.segments.size() < 2) {
      return Optional.empty();
    }
    Segment oldest = disk.segments.getFirst();
    return Optional.of(
        new SealedSegment(
            oldest.number,
            oldest.batches.getFirst().id().seq(),
            oldest.batches.getLast().id().seq(),
            oldest.batches.stream().map(SignedBatch::contentHash).toList()));
  }

  @Override
  public synchronized void delete(SealedSegment segment) {
    if (!oldestSealed().equals(Optional.of(segment))) {
      throw new IllegalArgumentException(
          "segment " + segment.number() + " is not the oldest sealed one");
    }
    disk.bytes -= disk.segments.remove().bytes;
  }

  @Override
  public synchronized Usage usage() {
    long batches = disk.segments.stream().mapToLong(segment -> segment.batches.size()).sum();
    return new Usage(batches, disk.bytes, disk.maxBytes);
  }
}
