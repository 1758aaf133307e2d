package dev.sentinelj.adapters.files;

import dev.sentinelj.core.batch.BatchHeader;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.wal.RecordFrame;
import dev.sentinelj.core.wire.MalformedException;
import dev.sentinelj.core.wire.WireReader;
import dev.sentinelj.ports.PortUnavailableException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads durable records of the agent's log, checking each again. Thread safe.
 *
 * <p>A place that the disk fails to read, twice, is damaged, and so is a file that is gone for
 * good: what they held is noted as lost, and whatever else there is comes all the same. A file that
 * cannot be opened says nothing about its records: that may pass.
 */
final class WalReader {
  /** Most bytes of a segment read at once, beyond the first record. */
  static final long MAX_RUN = 4 << 20;

  private final WalState log;
  private final SegmentFiles files;

  WalReader(WalState log, SegmentFiles files) {
    this.log = log;
    this.files = files;
  }

  /** Neighbouring records of one segment. */
  record Run(long segment, List<WalSegment.Held> records) {

    static Optional<Run> of(
        WalSegment segment, long from, int maxCount, long maxBytes, boolean atLeastOne) {
      List<WalSegment.Held> records = new ArrayList<>();
      long bytes = 0;
      for (int i = segment.indexOf(from); i < segment.count() && records.size() < maxCount; i++) {
        WalSegment.Held record = segment.held(i);
        bytes += record.place().length();
        boolean fits = bytes <= Math.min(maxBytes, MAX_RUN);
        if (!fits && !(records.isEmpty() && atLeastOne)) {
          break;
        }
        records.add(record);
      }
      return records.isEmpty() ? Optional.empty() : Optional.of(new Run(segment.number(), records));
    }

    int count() {
      return records.size();
    }

    long lastSeq() {
      return records.getLast().seq();
    }

    long bytes() {
      return records.stream().mapToLong(record -> record.place().length()).sum();
    }
  }

  private record Batches(List<SignedBatch> readable, List<WalSegment.Held> unreadable) {}

  /** One copy of a set. */
  record SetCopy(long segment, WalSegment.Place place) {}

  /** As {@link dev.sentinelj.ports.driven.BatchLog#read}. */
  List<SignedBatch> read(long from, int maxCount, long maxBytes) {
    List<SignedBatch> found = new ArrayList<>();
    long next = from;
    long bytes = 0;
    while (found.size() < maxCount && (found.isEmpty() || bytes < maxBytes)) {
      Optional<Run> run = log.run(next, maxCount - found.size(), maxBytes - bytes, found.isEmpty());
      if (run.isEmpty()) {
        return found;
      }
      found.addAll(batches(run.get()));
      bytes += found.isEmpty() ? 0 : run.get().bytes();
      next = run.get().lastSeq() + 1;
    }
    return found;
  }

  /**
   * What can be read of {@code run}.
   *
   * @throws PortUnavailableException when its file cannot be opened now
   */
  List<SignedBatch> batches(Run run) {
    try {
      Batches read = tryTwice(run);
      log.noteUnreadable(read.unreadable());
      return read.readable();
    } catch (IOException e) {
      requireGone(run.segment(), e);
      if (log.hasSegment(run.segment())) {
        log.noteUnreadable(run.records());
      }
      return List.of();
    }
  }

  /** A disk that fails to read a place fails again when the file is opened anew. */
  private Batches tryTwice(Run run) throws IOException {
    try {
      return readAtOnce(run);
    } catch (FileNotFoundException e) {
      throw e;
    } catch (IOException e) {
      return readOneByOne(run);
    }
  }

  private Batches readAtOnce(Run run) throws IOException {
    int from = run.records().getFirst().place().offset();
    int to = run.records().getLast().place().end();
    ByteBuffer bytes = files.read(SegmentNames.of(run.segment()), from, to - from);
    List<SignedBatch> batches = new ArrayList<>();
    List<WalSegment.Held> unreadable = new ArrayList<>();
    for (WalSegment.Held record : run.records()) {
      batch(bytes, record.place().offset() - from)
          .filter(batch -> batch.id().seq() == record.seq())
          .ifPresentOrElse(batches::add, () -> unreadable.add(record));
    }
    return new Batches(batches, unreadable);
  }

  private Batches readOneByOne(Run run) throws IOException {
    List<SignedBatch> batches = new ArrayList<>();
    List<WalSegment.Held> unreadable = new ArrayList<>();
    for (WalSegment.Held record : run.records()) {
      try {
        Batches one = readAtOnce(new Run(run.segment(), List.of(record)));
        batches.addAll(one.readable());
        unreadable.addAll(one.unreadable());
      } catch (FileNotFoundException e) {
        throw e;
      } catch (IOException e) {
        unreadable.add(record);
      }
    }
    return new Batches(batches, unreadable);
  }

  /** As {@link dev.sentinelj.ports.driven.BatchLog#set}: there are two copies in each segment. */
  Optional<SeriesSet> set(Sha256 hash) {
    Optional<PortUnavailableException> failed = Optional.empty();
    for (SetCopy copy : log.copies(hash)) {
      try {
        Optional<SeriesSet> set = set(copy, hash);
        if (set.isPresent()) {
          return set;
        }
        log.countUnreadableSet();
      } catch (PortUnavailableException e) {
        failed = Optional.of(e);
      }
    }
    if (failed.isPresent()) {
      throw failed.get();
    }
    return Optional.empty();
  }

  private Optional<SeriesSet> set(SetCopy copy, Sha256 hash) {
    try {
      int length = copy.place().length();
      ByteBuffer bytes =
          SalvagedBytes.read(files, SegmentNames.of(copy.segment()), copy.place().offset(), length);
      return RecordFrame.payloadAt(bytes, 0)
          .map(SeriesSet::parse)
          .filter(set -> set.hash().equals(hash));
    } catch (MalformedException e) {
      return Optional.empty();
    } catch (IOException e) {
      requireGone(copy.segment(), e);
      return Optional.empty();
    }
  }

  /**
   * @throws PortUnavailableException because of {@code e}, unless there is no file of this segment
   *     any more
   */
  private void requireGone(long segment, IOException e) {
    if (log.hasSegment(segment) && !wasTaken(segment)) {
      throw new PortUnavailableException("reading segment " + segment + " of the log", e);
    }
  }

  /** Whether somebody took this file alone, and not the whole directory. */
  private boolean wasTaken(long segment) {
    try {
      List<String> names = files.list();
      return files.isSameDirectory()
          && log.standsAmong(names)
          && !names.contains(SegmentNames.of(segment));
    } catch (IOException e) {
      return false;
    }
  }

  private static Optional<SignedBatch> batch(ByteBuffer bytes, int offset) {
    try {
      return RecordFrame.payloadAt(bytes, offset)
          .map(payload -> SignedBatch.readFrom(new WireReader(payload)));
    } catch (MalformedException | BatchHeader.UnsupportedVersionException e) {
      return Optional.empty();
    }
  }
}
