package dev.sentinelj.adapters.files;

import dev.sentinelj.core.digest.Sha256;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Where the durable records of one segment stand, by seq. Not thread safe. */
final class WalSegment {
  private final long number;
  private final Map<Sha256, List<Place>> sets = new HashMap<>();
  private long fileBytes;
  private long[] seqs = new long[64];
  private int[] offsets = new int[64];
  private int[] ends = new int[64];
  private long[] samples = new long[64];
  private int count;

  WalSegment(long number, long fileBytes) {
    this.number = number;
    this.fileBytes = fileBytes;
  }

  /** Bytes {@code offset} to {@code end} of a segment file. */
  record Place(int offset, int end) {
    int length() {
      return end - offset;
    }
  }

  /** A record with its seq and how many samples its batch has. */
  record Held(long seq, Place place, long samples) {}

  long number() {
    return number;
  }

  String name() {
    return SegmentNames.of(number);
  }

  long fileBytes() {
    return fileBytes;
  }

  void fileBytes(long bytes) {
    fileBytes = bytes;
  }

  int count() {
    return count;
  }

  long seq(int index) {
    return seqs[index];
  }

  long lastSeq() {
    return seqs[count - 1];
  }

  Held held(int index) {
    return new Held(seqs[index], new Place(offsets[index], ends[index]), samples[index]);
  }

  /** The index of the first record with this seq or a greater one. */
  int indexOf(long seq) {
    int found = Arrays.binarySearch(seqs, 0, count, seq);
    return found >= 0 ? found : -found - 1;
  }

  /** Adds a record; seqs ascend. */
  void add(long seq, Place place, long samplesOfBatch) {
    if (count == seqs.length) {
      seqs = Arrays.copyOf(seqs, 2 * count);
      offsets = Arrays.copyOf(offsets, 2 * count);
      ends = Arrays.copyOf(ends, 2 * count);
      samples = Arrays.copyOf(samples, 2 * count);
    }
    seqs[count] = seq;
    offsets[count] = place.offset();
    ends[count] = place.end();
    samples[count] = samplesOfBatch;
    count++;
  }

  void addSet(Sha256 hash, Place place) {
    sets.computeIfAbsent(hash, any -> new ArrayList<>(2)).add(place);
  }

  /** All copies of this set. */
  List<Place> set(Sha256 hash) {
    return List.copyOf(sets.getOrDefault(hash, List.of()));
  }
}
