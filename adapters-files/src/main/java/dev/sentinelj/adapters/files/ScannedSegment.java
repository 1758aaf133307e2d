package dev.sentinelj.adapters.files;

import dev.sentinelj.core.batch.BatchHeader;
import dev.sentinelj.core.batch.BatchKind;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.progress.SeqRanges;
import dev.sentinelj.core.wal.RecordFrame;
import dev.sentinelj.core.wal.RecordKind;
import dev.sentinelj.core.wal.SegmentHeader;
import dev.sentinelj.core.wal.SegmentScan;
import dev.sentinelj.core.wal.TornSeqs;
import dev.sentinelj.core.wire.MalformedException;
import dev.sentinelj.core.wire.WireReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One segment of the agent's log as recovery found it: what its batches say, without their bodies.
 */
final class ScannedSegment {
  private final String name;
  private final long number;
  private final long fileBytes;
  private final SegmentScan scan;
  private final List<Entry> entries = new ArrayList<>();
  private final Map<Sha256, List<WalSegment.Place>> sets = new HashMap<>();
  private final List<SeqRanges.Range> torn = new ArrayList<>();
  private Optional<WalSegment> index = Optional.empty();

  private ScannedSegment(String name, long number, long fileBytes, SegmentScan scan) {
    this.name = name;
    this.number = number;
    this.fileBytes = fileBytes;
    this.scan = scan;
  }

  record Entry(
      long epoch,
      long seq,
      long sampleFrom,
      long sampleTo,
      WalSegment.Place place,
      List<LossRecord.Entry> losses) {}

  static ScannedSegment read(SegmentFiles files, String name, long number) throws IOException {
    long size = files.size(name);
    int length = (int) Math.min(size, Integer.MAX_VALUE - 64);
    ByteBuffer bytes = SalvagedBytes.read(files, name, 0, length);
    ScannedSegment segment = new ScannedSegment(name, number, size, SegmentScan.of(bytes));
    for (RecordFrame record : segment.scan.records()) {
      segment.take(record, bytes);
    }
    return segment;
  }

  private void take(RecordFrame record, ByteBuffer bytes) {
    WalSegment.Place place = new WalSegment.Place(record.offset(), record.end());
    if (record.kind().filter(RecordKind.BATCH::equals).isPresent()) {
      batch(record, place, record.payload(bytes)).ifPresent(entries::add);
    } else if (record.kind().filter(RecordKind.SERIES_SET::equals).isPresent()) {
      sets.computeIfAbsent(Sha256.of(record.payload(bytes)), any -> new ArrayList<>()).add(place);
    } else if (record.kind().filter(RecordKind.TORN::equals).isPresent()) {
      torn.addAll(torn(record.payload(bytes)));
    }
  }

  private static List<SeqRanges.Range> torn(byte[] payload) {
    try {
      return TornSeqs.parse(payload).ranges();
    } catch (MalformedException _) {
      return List.of(); // a second copy stands behind it
    }
  }

  /**
   * Empty when the payload is no batch, or not the one that belongs here, as after a stray write.
   */
  private static Optional<Entry> batch(RecordFrame record, WalSegment.Place place, byte[] payload) {
    try {
      BatchHeader header = BatchHeader.parse(new WireReader(payload).shortBytes("header"));
      if (header.id().seq() != record.seq()) {
        return Optional.empty();
      }
      List<LossRecord.Entry> losses =
          header.kind() == BatchKind.LOSS
              ? LossRecord.parse(SignedBatch.readFrom(new WireReader(payload)).body()).entries()
              : List.of();
      return Optional.of(
          new Entry(
              header.id().epoch().epoch(),
              record.seq(),
              header.sampleFrom(),
              header.sampleTo(),
              place,
              losses));
    } catch (MalformedException | BatchHeader.UnsupportedVersionException e) {
      return Optional.empty();
    }
  }

  String name() {
    return name;
  }

  long number() {
    return number;
  }

  Optional<SegmentHeader> header() {
    return scan.header();
  }

  List<Entry> entries() {
    return entries;
  }

  /** Seqs that its records say were torn, here or in segments that are gone. */
  List<SeqRanges.Range> everTorn() {
    return torn;
  }

  List<LossRecord.Entry> losses() {
    return entries.stream().flatMap(entry -> entry.losses().stream()).toList();
  }

  /**
   * A header that says otherwise means a file of a later build, or one that was renamed or copied.
   */
  boolean isOfThisPlaceAndVersion() {
    return header()
        .map(header -> header.version() == SegmentHeader.VERSION && header.number() == number)
        .orElse(true);
  }

  OptionalLong epoch() {
    if (header().isPresent()) {
      return OptionalLong.of(header().get().epoch());
    }
    return entries.stream().mapToLong(Entry::epoch).findFirst();
  }

  OptionalLong base() {
    if (header().isPresent()) {
      return OptionalLong.of(header().get().baseSeq());
    }
    return entries.stream().mapToLong(Entry::seq).findFirst();
  }

  long baseSamples() {
    return header()
        .map(SegmentHeader::baseSamples)
        .orElseGet(() -> entries.isEmpty() ? 0 : entries.getFirst().sampleFrom());
  }

  /** Drops what is of another log, and what does not ascend. */
  void keepEpoch(long epoch) {
    long[] last = {0};
    entries.removeIf(entry -> {
      boolean keep = entry.epoch() == epoch && entry.seq() > last[0];
      last[0] = keep ? entry.seq() : last[0];
      return !keep;
    });
  }

  void keepBelow(long ceiling) {
    entries.removeIf(entry -> entry.seq() >= ceiling);
  }

  /** The seq that the seal names as the next. */
  OptionalLong sealedNext() {
    return scan.sealed() ? OptionalLong.of(scan.records().getLast().seq()) : OptionalLong.empty();
  }

  /** Whether its last write may never have finished. */
  boolean endsTorn() {
    return !scan.sealed()
        && scan.damages().stream().allMatch(damage -> damage.torn() || damage.to() <= scan.end());
  }

  /** Whether something unreadable stands behind the last record. */
  boolean hasTail() {
    return scan.damages().stream().anyMatch(damage -> damage.from() >= scan.end());
  }

  OptionalLong greatestTailSeq() {
    return scan.damages().stream()
        .filter(damage -> damage.from() >= scan.end())
        .flatMapToLong(damage -> damage.seq().stream())
        .max();
  }

  /** Up to where the file must be kept: corruption is evidence, a torn tail is copied and cut. */
  int keepEnd() {
    return scan.damages().stream()
        .filter(damage -> !damage.torn())
        .mapToInt(SegmentScan.Damage::to)
        .reduce(scan.end(), Math::max);
  }

  int tailEnd() {
    return scan.damages().stream().mapToInt(SegmentScan.Damage::to).reduce(scan.end(), Math::max);
  }

  /** The index of what counts, made once. */
  WalSegment index() {
    if (index.isEmpty()) {
      WalSegment made = new WalSegment(number, fileBytes);
      entries.forEach(
          entry -> made.add(entry.seq(), entry.place(), entry.sampleTo() - entry.sampleFrom()));
      sets.forEach((hash, places) -> places.forEach(place -> made.addSet(hash, place)));
      index = Optional.of(made);
    }
    return index.get();
  }
}
