package dev.sentinelj.adapters.files;

import dev.sentinelj.core.batch.BatchHeader;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.wal.RecordFrame;
import dev.sentinelj.core.wire.MalformedException;
import dev.sentinelj.core.wire.WireReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads durable records of the agent's log, checking each again. Thread safe. */
final class WalReader {
  /** Most bytes of a segment read at once, beyond the first record. */
  static final long MAX_RUN = 4 << 20;

  private final SegmentFiles files;

  WalReader(SegmentFiles files) {
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

  record Batches(List<SignedBatch> batches, List<WalSegment.Held> unreadable) {}

  record SetCopy(String segment, WalSegment.Place place) {}

  /**
   * A disk that fails to read a place fails again when the file is opened anew; then each record is
   * read alone, and those that cannot be read are told of. A file that cannot be opened says
   * nothing about its records.
   */
  Batches read(Run run) throws IOException {
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
        batches.addAll(one.batches());
        unreadable.addAll(one.unreadable());
      } catch (FileNotFoundException e) {
        throw e;
      } catch (IOException e) {
        unreadable.add(record);
      }
    }
    return new Batches(batches, unreadable);
  }

  /** The set under this hash; empty when this copy of it is damaged. */
  Optional<SeriesSet> set(SetCopy copy, Sha256 hash) throws IOException {
    ByteBuffer bytes = files.read(copy.segment(), copy.place().offset(), copy.place().length());
    return RecordFrame.payloadAt(bytes, 0)
        .map(SeriesSet::parse)
        .filter(set -> set.hash().equals(hash));
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
