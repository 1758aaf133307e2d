package dev.sentinelj.adapters.files;

import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.wal.SegmentHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * Rebuilds the state of a log from its segments alone. It changes nothing but temporary files, so
 * it may be repeated after a crash at any point; what is to be cut is cut by {@link #cutTails},
 * after the log has a new segment.
 */
final class WalRecovery {
  /** How far a seq read from a torn record is believed to run ahead. */
  private static final long MAX_TORN = 100_000;

  /** Copies of torn tails beyond these are deleted, oldest first. */
  private static final int MAX_TORN_COPIES = 8;

  private final SegmentFiles files;
  private final List<ScannedSegment> segments = new ArrayList<>();
  private final LogLosses losses = new LogLosses();
  private long epoch;
  private long nextSeq = 1;
  private long sampleCount;
  private long highestNumber;
  private int foreign;

  private WalRecovery(SegmentFiles files) {
    this.files = files;
  }

  /**
   * @param newEpoch asked when the directory has none yet
   */
  static WalRecovery of(SegmentFiles files, LongSupplier newEpoch) throws IOException {
    WalRecovery recovery = new WalRecovery(files);
    recovery.scan();
    recovery.settleEpoch(newEpoch);
    recovery.dropSuperseded();
    recovery.findGaps();
    recovery.segments.forEach(segment -> recovery.losses.addEverTorn(segment.everTorn()));
    recovery.losses.nameAll(recovery.namedLosses());
    return recovery;
  }

  long epoch() {
    return epoch;
  }

  boolean isEmpty() {
    return segments.isEmpty();
  }

  List<WalSegment> segments() {
    return segments.stream().map(ScannedSegment::index).toList();
  }

  LogLosses losses() {
    return losses;
  }

  long nextSeq() {
    return nextSeq;
  }

  long sampleCount() {
    return sampleCount;
  }

  /** The greatest seq that can be read; 0 without any. */
  long lastSeq() {
    return segments.stream()
        .filter(segment -> !segment.entries().isEmpty())
        .mapToLong(segment -> segment.entries().getLast().seq())
        .max()
        .orElse(0);
  }

  long highestNumber() {
    return highestNumber;
  }

  /** Segments of another version, log or place, which are left alone. */
  int foreign() {
    return foreign;
  }

  private void scan() throws IOException {
    for (String name : files.list()) {
      if (name.endsWith(SegmentNames.TEMP)) {
        files.delete(name);
      }
      OptionalLong number = SegmentNames.number(name);
      if (number.isPresent()) {
        highestNumber = Math.max(highestNumber, number.getAsLong());
        segments.add(ScannedSegment.read(files, name, number.getAsLong()));
      }
    }
    segments.sort(Comparator.comparingLong(ScannedSegment::number));
    int before = segments.size();
    segments.removeIf(segment -> !segment.isOfThisPlaceAndVersion());
    foreign = before - segments.size();
  }

  private void settleEpoch(LongSupplier newEpoch) {
    epoch =
        segments.stream()
            .flatMapToLong(segment -> segment.epoch().stream())
            .findFirst()
            .orElseGet(newEpoch);
    int before = segments.size();
    segments.removeIf(segment -> segment.epoch().orElse(epoch) != epoch);
    foreign += before - segments.size();
    segments.forEach(segment -> segment.keepEpoch(epoch));
  }

  /** After a failed sync records were written again to a later segment: only those count. */
  private void dropSuperseded() {
    long ceiling = Long.MAX_VALUE;
    for (ScannedSegment segment : segments.reversed()) {
      segment.keepBelow(ceiling);
      ceiling = Math.min(ceiling, segment.base().orElse(ceiling));
    }
  }

  private void findGaps() {
    long expected = segments.isEmpty() ? 1 : segments.getFirst().base().orElse(1);
    for (int i = 0; i < segments.size(); i++) {
      ScannedSegment segment = segments.get(i);
      long base = segment.header().map(SegmentHeader::baseSeq).orElse(expected);
      if (base > expected) {
        gap(expected, base, segment.baseSamples(), i > 0 && endedTorn(i - 1));
        expected = base;
      }
      sampleCount = Math.max(sampleCount, segment.baseSamples());
      for (ScannedSegment.Entry entry : segment.entries()) {
        gap(expected, entry.seq(), entry.sampleFrom(), false);
        expected = entry.seq() + 1;
        sampleCount = Math.max(sampleCount, entry.sampleTo());
      }
    }
    nextSeq = segments.isEmpty() ? 1 : behindTail(segments.getLast(), expected);
  }

  private boolean endedTorn(int index) {
    boolean nextInRow = segments.get(index + 1).number() == segments.get(index).number() + 1;
    return nextInRow && segments.get(index).endsTorn();
  }

  /**
   * Seqs {@code from} to before {@code to} have no record. Samples that were counted after them
   * were durable, whatever the end of the segment looks like.
   */
  private void gap(long from, long to, long samplesAfter, boolean neverFinished) {
    if (from >= to) {
      return;
    }
    if (neverFinished && samplesAfter <= sampleCount && to - from <= MAX_TORN) {
      for (long seq = from; seq < to; seq++) {
        losses.addTorn(seq);
      }
      return;
    }
    losses.addDamaged(from, to - 1, Math.max(0, samplesAfter - sampleCount));
  }

  /** What comes next behind the last segment, whose end may hold a write that never finished. */
  private long behindTail(ScannedSegment last, long expected) {
    long next = Math.max(expected, last.sealedNext().orElse(expected));
    if (last.hasTail()) {
      long seen = last.greatestTailSeq().orElse(expected);
      boolean plausible = seen >= expected && seen - expected < MAX_TORN;
      next = Math.max(next, (plausible ? seen : expected) + 1);
    }
    gap(expected, next, sampleCount, last.endsTorn());
    return next;
  }

  private List<LossRecord.Entry> namedLosses() {
    return segments.stream().flatMap(segment -> segment.losses().stream()).toList();
  }

  /**
   * Keeps the bytes of torn tails in {@code .torn} copies and cuts segments behind their last
   * record.
   *
   * @return how many torn bytes were cut
   */
  long cutTails() throws IOException {
    long cut = 0;
    for (ScannedSegment segment : segments) {
      long size = files.size(segment.name());
      if (size <= segment.keepEnd()) {
        continue;
      }
      if (segment.tailEnd() > segment.keepEnd()) {
        cut += segment.tailEnd() - segment.keepEnd();
        keepCopy(segment);
      }
      files.truncate(segment.name(), segment.keepEnd());
      segment.index().fileBytes(segment.keepEnd());
    }
    dropOldCopies();
    return cut;
  }

  private void keepCopy(ScannedSegment segment) throws IOException {
    int length = segment.tailEnd() - segment.keepEnd();
    ByteBuffer tail = SalvagedBytes.read(files, segment.name(), segment.keepEnd(), length);
    String name = segment.name() + SegmentNames.TORN;
    String temp = name + SegmentNames.TEMP;
    try (SegmentFiles.Appender copy = files.create(temp, tail.remaining())) {
      copy.write(0, tail);
      copy.force();
    }
    files.rename(temp, name);
    files.forceDirectory();
  }

  private void dropOldCopies() throws IOException {
    List<String> copies =
        files.list().stream().filter(name -> name.endsWith(SegmentNames.TORN)).sorted().toList();
    for (String old : copies.subList(0, Math.max(0, copies.size() - MAX_TORN_COPIES))) {
      files.delete(old);
    }
  }
}
