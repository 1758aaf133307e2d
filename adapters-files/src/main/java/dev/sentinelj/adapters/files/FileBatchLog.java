package dev.sentinelj.adapters.files;

import dev.sentinelj.core.batch.BatchKind;
import dev.sentinelj.core.batch.LossReason;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.failpoint.Failpoint;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.progress.SeqRanges;
import dev.sentinelj.core.wal.SegmentHeader;
import dev.sentinelj.core.wire.MalformedException;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.BatchLog;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;

/**
 * The write-ahead log in a directory of segments. One thread of its own writes, groups what waits
 * under one sync, and completes appends after it; reading opens files anew and sees durable records
 * only. All state is derived from the segments. Callbacks of appends run on the writer and must not
 * block.
 */
public final class FileBatchLog implements BatchLog, AutoCloseable {
  private final Object lock = new Object();
  private final SegmentFiles files;
  private final WalConfig config;
  private final WalReader reader;
  private final WalWriter appender;
  private final GroupWriter<WalWriter.Append> writer;
  private final Optional<DirectoryLock> directory;
  private final long epoch;

  // Guarded by lock.
  private final List<WalSegment> segments;
  private final NavigableSet<Long> torn;
  private final NavigableMap<Long, LossRecord.Entry> damaged = new TreeMap<>();
  private final Set<Long> unreadable = new HashSet<>();
  private final SeqRanges refused = new SeqRanges();
  private long nextSeq;
  private long sampleCount;
  private long written;
  private long writtenSamples;
  private long durableThrough;
  private int life;
  private boolean closed;
  private Optional<SealedSegment> oldest = Optional.empty();
  private Diagnostics diagnostics;

  /**
   * What an operator may want to know.
   *
   * @param tornBytes cut from unfinished writes when the log was opened
   * @param foreignSegments files of another version or log, left alone
   * @param failedWrites writes or syncs that failed since, after which a new segment was begun
   * @param unreadableRecords records that were durable once and could not be read
   */
  public record Diagnostics(
      long tornBytes, int foreignSegments, long failedWrites, long unreadableRecords) {}

  /**
   * Opens the log in {@code directory}, which is made when missing, and recovers it.
   *
   * @throws UnusablePathException when the directory is in use or cannot be written
   */
  public static FileBatchLog open(Path directory, WalConfig config) {
    return DirectoryLock.open(
        directory,
        lock ->
            open(
                new NioSegmentFiles(directory),
                config,
                new SecureRandom()::nextLong,
                Optional.of(lock)));
  }

  static FileBatchLog open(
      SegmentFiles files, WalConfig config, LongSupplier newEpoch, Optional<DirectoryLock> lock)
      throws IOException {
    WalRecovery found = WalRecovery.of(files, newEpoch);
    FileBatchLog log = new FileBatchLog(files, config, found, lock);
    log.beginSegment(found);
    log.writer.start();
    return log;
  }

  /** Opens a log for reading only; empty when there is no segment that can be told to be one. */
  static Optional<FileBatchLog> openFormer(SegmentFiles files, WalConfig config)
      throws IOException {
    WalRecovery found = WalRecovery.of(files, () -> 0);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    FileBatchLog log = new FileBatchLog(files, config, found, Optional.empty());
    log.closed = true;
    return Optional.of(log);
  }

  private FileBatchLog(
      SegmentFiles files, WalConfig config, WalRecovery found, Optional<DirectoryLock> directory) {
    this.files = files;
    this.config = config;
    this.directory = directory;
    this.epoch = found.epoch();
    this.segments = new ArrayList<>(found.segments());
    this.torn = found.torn();
    found.damaged().forEach(loss -> damaged.put(loss.from(), loss));
    found.losses().forEach(this::noteRefused);
    this.nextSeq = found.nextSeq();
    this.written = nextSeq - 1;
    this.sampleCount = found.sampleCount();
    this.writtenSamples = sampleCount;
    this.durableThrough = found.lastSeq();
    this.reader = new WalReader(files);
    this.appender = new WalWriter(this, files, config, found.highestNumber());
    this.writer = new GroupWriter<>("sentinel-wal", appender::commit);
    this.diagnostics = new Diagnostics(0, found.foreign(), 0, 0);
  }

  /**
   * A log that holds data is opened even when nothing can be written: what it holds can be sent.
   */
  private void beginSegment(WalRecovery found) throws IOException {
    try {
      appender.begin();
      this.diagnostics = new Diagnostics(found.cutTails(), found.foreign(), 0, 0);
    } catch (IOException e) {
      if (found.isEmpty()) {
        throw e;
      }
    } catch (LogFullException e) {
      // The next append says so; deleting a segment makes room.
    }
    dropEmptySegments();
  }

  @Override
  public long epoch() {
    return epoch;
  }

  @Override
  public long nextSeq() {
    synchronized (lock) {
      return nextSeq;
    }
  }

  @Override
  public long sampleCount() {
    synchronized (lock) {
      return sampleCount;
    }
  }

  @Override
  public List<Long> torn() {
    synchronized (lock) {
      return List.copyOf(torn);
    }
  }

  @Override
  public List<LossRecord.Entry> damaged() {
    synchronized (lock) {
      return List.copyOf(damaged.values());
    }
  }

  @Override
  public boolean refused(long seq) {
    synchronized (lock) {
      return refused.contains(seq);
    }
  }

  private void noteRefused(LossRecord.Entry loss) {
    if (loss.reason() == LossReason.REFUSED) {
      refused.add(loss.from(), loss.to());
    }
  }

  public Diagnostics diagnostics() {
    synchronized (lock) {
      return diagnostics;
    }
  }

  @Override
  public CompletionStage<Void> append(SignedBatch batch, List<SeriesSet> sets) {
    synchronized (lock) {
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
      writer.write(append);
      return append.done().minimalCompletionStage();
    }
  }

  @Override
  public long durableThrough() {
    synchronized (lock) {
      return durableThrough;
    }
  }

  @Override
  public long firstSeq() {
    synchronized (lock) {
      return segments.stream()
          .filter(segment -> segment.count() > 0)
          .findFirst()
          .map(segment -> segment.seq(0))
          .orElse(nextSeq);
    }
  }

  @Override
  public List<SignedBatch> read(long from, int maxCount, long maxBytes) {
    List<SignedBatch> found = new ArrayList<>();
    long next = from;
    long bytes = 0;
    while (found.size() < maxCount && bytes < maxBytes) {
      Optional<WalReader.Run> run =
          run(next, maxCount - found.size(), maxBytes - bytes, found.isEmpty());
      if (run.isEmpty()) {
        return found;
      }
      WalReader.Run records = run.get();
      found.addAll(batches(records));
      bytes += records.bytes();
      next = records.lastSeq() + 1;
    }
    return found;
  }

  /** What was durable and cannot be read is lost, unless the database has it already. */
  private void noteDamaged(List<WalSegment.Held> records) {
    synchronized (lock) {
      for (WalSegment.Held record : records) {
        long seq = record.seq();
        if (unreadable.add(seq)) {
          damaged.put(seq, new LossRecord.Entry(seq, seq, record.samples(), LossReason.CORRUPT));
          countUnreadable(1);
        }
      }
    }
  }

  /** Durable records of one segment from {@code from} on. */
  private Optional<WalReader.Run> run(long from, int maxCount, long maxBytes, boolean atLeastOne) {
    synchronized (lock) {
      return segments.stream()
          .filter(segment -> segment.count() > 0 && segment.lastSeq() >= from)
          .findFirst()
          .flatMap(segment -> WalReader.Run.of(segment, from, maxCount, maxBytes, atLeastOne));
    }
  }

  private List<SignedBatch> batches(WalReader.Run run) {
    try {
      WalReader.Batches read = readAgain(run);
      noteDamaged(read.unreadable());
      return read.batches();
    } catch (IOException e) {
      synchronized (lock) {
        if (segments.stream().noneMatch(segment -> segment.number() == run.segment())) {
          return List.of(); // deleted meanwhile
        }
      }
      throw new PortUnavailableException("reading segment " + run.segment() + " of the log", e);
    }
  }

  /**
   * A disk that fails to read a place fails again when the file is opened anew; then each record is
   * read alone, and those that cannot be read are damaged. A file that cannot be opened says
   * nothing about its records.
   */
  private WalReader.Batches readAgain(WalReader.Run run) throws IOException {
    try {
      return reader.read(run);
    } catch (FileNotFoundException e) {
      throw e;
    } catch (IOException e) {
      return reader.readOneByOne(run);
    }
  }

  @Override
  public Optional<SeriesSet> set(Sha256 hash) {
    List<WalReader.SetCopy> copies = new ArrayList<>();
    synchronized (lock) {
      for (WalSegment segment : segments.reversed()) {
        segment
            .set(hash)
            .forEach(place -> copies.add(new WalReader.SetCopy(segment.name(), place)));
      }
    }
    for (WalReader.SetCopy copy : copies) {
      try {
        Optional<SeriesSet> set = reader.set(copy, hash);
        if (set.isPresent()) {
          return set;
        }
      } catch (IOException | MalformedException e) {
        countUnreadable(1); // there is a second copy
      }
    }
    return Optional.empty();
  }

  @Override
  public Optional<SealedSegment> oldestSealed() {
    WalSegment first;
    synchronized (lock) {
      if (segments.isEmpty()) {
        return Optional.empty();
      }
      first = segments.getFirst();
      if (first.count() == 0 || appender.isActive(first.number())) {
        return Optional.empty();
      }
      if (oldest.filter(known -> known.number() == first.number()).isPresent()) {
        return oldest;
      }
    }
    SealedSegment sealed = describe(first);
    synchronized (lock) {
      oldest = Optional.of(sealed);
    }
    return Optional.of(sealed);
  }

  private SealedSegment describe(WalSegment segment) {
    List<Sha256> hashes = new ArrayList<>();
    for (int at = 0; at < segment.count(); ) {
      Optional<WalReader.Run> run =
          WalReader.Run.of(segment, segment.seq(at), Integer.MAX_VALUE, WalReader.MAX_RUN, true);
      WalReader.Run records = run.orElseThrow();
      batches(records).forEach(batch -> hashes.add(batch.contentHash()));
      at += records.count();
    }
    return new SealedSegment(segment.number(), segment.seq(0), segment.lastSeq(), hashes);
  }

  @Override
  public void delete(SealedSegment segment) {
    if (!oldestSealed().equals(Optional.of(segment))) {
      throw new IllegalArgumentException(
          "segment " + segment.number() + " is not the oldest sealed one");
    }
    keepOneSegment();
    Failpoint.WAL_DELETE_BEFORE.hit();
    try {
      files.delete(SegmentNames.of(segment.number()));
      files.forceDirectory();
      Failpoint.WAL_DELETE_AFTER.hit();
    } catch (IOException e) {
      throw new PortUnavailableException("deleting segment " + segment.number() + " of the log", e);
    }
    synchronized (lock) {
      segments.removeFirst();
      oldest = Optional.empty();
    }
    dropEmptySegments();
  }

  /**
   * The last segment carries epoch and seq over a restart, so it goes only after there is a next.
   */
  private void keepOneSegment() {
    synchronized (lock) {
      if (segments.size() > 1) {
        return;
      }
      if (closed) {
        throw new PortUnavailableException("deleting from a log that is closed");
      }
    }
    writer
        .runSoon(appender::beginAnyway)
        .join()
        .ifPresent(failed -> {
          throw failed;
        });
  }

  /**
   * Segments that hold no batch are of use to nobody once they are the oldest, and every loss is
   * named: until then they are what a restart would find it by.
   */
  private void dropEmptySegments() {
    synchronized (lock) {
      while (torn.isEmpty()
          && damaged.isEmpty()
          && segments.size() > 1
          && segments.getFirst().count() == 0
          && !appender.isActive(segments.getFirst().number())) {
        try {
          files.delete(segments.getFirst().name());
        } catch (IOException e) {
          return; // tried again with the next deletion
        }
        segments.removeFirst();
      }
    }
  }

  @Override
  public Usage usage() {
    synchronized (lock) {
      long batches = segments.stream().mapToLong(WalSegment::count).sum();
      return new Usage(batches, bytesHeld(), config.maxBytes());
    }
  }

  /** Writes what waits, ends the segment orderly and gives the directory back. */
  @Override
  public void close() {
    synchronized (lock) {
      if (closed) {
        return;
      }
      closed = true;
    }
    writer.close();
    appender.end();
    directory.ifPresent(DirectoryLock::close);
  }

  /** Names of its segments, oldest first. */
  List<String> segmentNames() {
    synchronized (lock) {
      return segments.stream().map(WalSegment::name).toList();
    }
  }

  // What follows is called by the writer.

  SegmentHeader headerFor(long number) {
    synchronized (lock) {
      return SegmentHeader.of(epoch, number, written + 1, writtenSamples);
    }
  }

  long bytesHeld() {
    synchronized (lock) {
      return segments.stream().mapToLong(WalSegment::fileBytes).sum();
    }
  }

  long nextAfterWritten() {
    synchronized (lock) {
      return written + 1;
    }
  }

  boolean isOfThisLife(WalWriter.Append append) {
    synchronized (lock) {
      return append.life() == life;
    }
  }

  void begun(WalSegment segment) {
    synchronized (lock) {
      segments.add(segment);
    }
  }

  void sealed(WalSegment segment, long bytes) {
    synchronized (lock) {
      segment.fileBytes(bytes);
    }
  }

  /** The records are on the disk for good: from now on they can be read. */
  void durable(WalSegment segment, List<WalWriter.Placed> placed) {
    synchronized (lock) {
      for (WalWriter.Placed one : placed) {
        SignedBatch batch = one.append().batch();
        one.sets().forEach(set -> segment.addSet(set.hash(), set.place()));
        segment.add(batch.id().seq(), one.place(), batch.header().samples());
        written = batch.id().seq();
        durableThrough = written;
        writtenSamples = batch.header().sampleTo();
        if (batch.header().kind() == BatchKind.LOSS) {
          forgetNamedLosses(batch);
        }
      }
    }
  }

  /** Takes back every seq that was given out behind the last durable one. */
  void failed() {
    synchronized (lock) {
      life++;
      nextSeq = written + 1;
      sampleCount = writtenSamples;
    }
  }

  void countFailedWrite() {
    synchronized (lock) {
      Diagnostics d = diagnostics;
      diagnostics =
          new Diagnostics(
              d.tornBytes(), d.foreignSegments(), d.failedWrites() + 1, d.unreadableRecords());
    }
  }

  private void countUnreadable(int records) {
    synchronized (lock) {
      Diagnostics d = diagnostics;
      diagnostics =
          new Diagnostics(
              d.tornBytes(),
              d.foreignSegments(),
              d.failedWrites(),
              d.unreadableRecords() + records);
    }
  }

  private void forgetNamedLosses(SignedBatch batch) {
    try {
      for (LossRecord.Entry loss : LossRecord.parse(batch.body()).entries()) {
        noteRefused(loss);
        torn.subSet(loss.from(), true, loss.to(), true).clear();
        damaged.values().removeIf(e -> loss.from() <= e.from() && e.to() <= loss.to());
      }
      dropEmptySegments();
    } catch (MalformedException e) {
      // A loss record that says nothing names nothing.
    }
  }
}
