package dev.sentinelj.adapters.files;

import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.failpoint.Failpoint;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.progress.SeqRanges;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.BatchLog;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;

/**
 * The write-ahead log in a directory of segments. One thread of its own writes, groups what waits
 * under one sync, and completes appends after it; reading opens files anew and sees durable records
 * only. All state is derived from the segments. Callbacks of appends run on the writer and must not
 * block.
 *
 * <p>Longer than most files because it has the whole of a wide port, most of it one line each.
 */
public final class FileBatchLog implements BatchLog, AutoCloseable {
  private final SegmentFiles files;
  private final WalConfig config;
  private final WalState state;
  private final WalReader reader;
  private final WalWriter appender;
  private final GroupWriter<WalWriter.Append> writer;
  private final Optional<DirectoryLock> directory;
  private final int foreignSegments;
  private long tornBytes; // written before anybody else sees this

  /** Made once, because it reads the whole segment. */
  private volatile Optional<SealedSegment> oldest = Optional.empty();

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
    log.state.close();
    return Optional.of(log);
  }

  private FileBatchLog(
      SegmentFiles files, WalConfig config, WalRecovery found, Optional<DirectoryLock> directory) {
    this.files = files;
    this.config = config;
    this.directory = directory;
    this.foreignSegments = found.foreign();
    this.state = new WalState(files, found);
    this.reader = new WalReader(state, files);
    this.appender = new WalWriter(state, files, config, found.highestNumber());
    this.writer = new GroupWriter<>("sentinel-wal", appender::commit, appender::failed);
  }

  /**
   * A log that holds data is opened even when nothing can be written: what it holds can be sent.
   */
  private void beginSegment(WalRecovery found) throws IOException {
    try {
      appender.begin();
      tornBytes = found.cutTails();
    } catch (IOException e) {
      if (found.isEmpty()) {
        throw e;
      }
    } catch (LogFullException e) {
      // The next append says so; deleting a segment makes room.
    }
    state.dropEmptySegments();
  }

  @Override
  public long epoch() {
    return state.epoch();
  }

  @Override
  public long nextSeq() {
    return state.nextSeq();
  }

  @Override
  public long sampleCount() {
    return state.sampleCount();
  }

  @Override
  public List<Long> torn() {
    return state.torn();
  }

  @Override
  public List<SeqRanges.Range> everTorn() {
    return state.everTorn();
  }

  @Override
  public List<LossRecord.Entry> damaged() {
    return state.damaged();
  }

  @Override
  public boolean refused(long seq) {
    return state.refused(seq);
  }

  public Diagnostics diagnostics() {
    return new Diagnostics(
        tornBytes, foreignSegments, state.failedWrites(), state.unreadableRecords());
  }

  @Override
  public CompletionStage<Void> append(SignedBatch batch, List<SeriesSet> sets) {
    return state.append(batch, sets, writer::write);
  }

  @Override
  public long durableThrough() {
    return state.durableThrough();
  }

  @Override
  public long firstSeq() {
    return state.firstSeq();
  }

  @Override
  public List<SignedBatch> read(long from, int maxCount, long maxBytes) {
    return reader.read(from, maxCount, maxBytes);
  }

  @Override
  public Optional<SeriesSet> set(Sha256 hash) {
    return reader.set(hash);
  }

  @Override
  public Optional<SealedSegment> oldestSealed() {
    Optional<SealedSegment> sealed =
        state
            .oldestSealed()
            .map(segment ->
                oldest
                    .filter(known -> known.number() == segment.number())
                    .orElseGet(() -> describe(segment)));
    oldest = sealed;
    return sealed;
  }

  private SealedSegment describe(WalSegment segment) {
    List<Sha256> hashes = new ArrayList<>();
    for (int at = 0; at < segment.count(); ) {
      Optional<WalReader.Run> run =
          WalReader.Run.of(segment, segment.seq(at), Integer.MAX_VALUE, WalReader.MAX_RUN, true);
      WalReader.Run records = run.orElseThrow();
      reader.batches(records).forEach(batch -> hashes.add(batch.contentHash()));
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
    state.leaving(segment.number());
    try {
      files.delete(SegmentNames.of(segment.number()));
      files.forceDirectory();
      Failpoint.WAL_DELETE_AFTER.hit();
    } catch (IOException e) {
      throw new PortUnavailableException("deleting segment " + segment.number() + " of the log", e);
    }
    state.removeOldest();
  }

  /**
   * The last segment carries epoch and seq over a restart, so it goes only after there is a next.
   */
  private void keepOneSegment() {
    if (state.segmentCount() > 1) {
      return;
    }
    if (state.isClosed()) {
      throw new PortUnavailableException("deleting from a log that is closed");
    }
    writer
        .runSoon(appender::beginAnyway)
        .join()
        .ifPresent(failed -> {
          throw failed;
        });
  }

  @Override
  public Usage usage() {
    return state.usage(config.maxBytes());
  }

  /** Writes what waits, ends the segment orderly and gives the directory back. */
  @Override
  public void close() {
    if (!state.close()) {
      return;
    }
    writer.close();
    appender.end();
    directory.ifPresent(DirectoryLock::close);
  }

  /** Names of its segments, oldest first. */
  List<String> segmentNames() {
    return state.segmentNames();
  }
}
