package dev.sentinelj.core.progress;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** A set of sequence numbers as disjoint, non-adjacent closed ranges. Mutable; one owner. */
public final class SeqRanges {
  private final NavigableMap<Long, Long> ranges = new TreeMap<>();

  /** From and to, both inclusive. */
  public record Range(long from, long to) {
    public Range {
      if (from < 1 || to < from) {
        throw new IllegalArgumentException("bad range " + from + ".." + to);
      }
    }

    public long size() {
      return to - from + 1;
    }
  }

  public static SeqRanges of(List<Range> ranges) {
    SeqRanges set = new SeqRanges();
    ranges.forEach(range -> set.add(range.from(), range.to()));
    return set;
  }

  public void add(long seq) {
    add(seq, seq);
  }

  /** Adds {@code from..to}, both inclusive; what is already there stays. */
  public void add(long from, long to) {
    new Range(from, to);
    long start = from;
    long end = to;
    Map.Entry<Long, Long> left = ranges.floorEntry(from);
    if (left != null && left.getValue() >= from - 1) {
      start = left.getKey();
      end = Math.max(end, left.getValue());
    }
    NavigableMap<Long, Long> covered = ranges.subMap(start, true, Math.max(end, end + 1), true);
    for (long value : covered.values()) {
      end = Math.max(end, value);
    }
    covered.clear();
    ranges.put(start, end);
  }

  public boolean contains(long seq) {
    Map.Entry<Long, Long> left = ranges.floorEntry(seq);
    return left != null && left.getValue() >= seq;
  }

  /** Whether any seq of {@code from..to} is in the set. */
  public boolean meets(long from, long to) {
    Map.Entry<Long, Long> left = ranges.floorEntry(to);
    return left != null && left.getValue() >= from;
  }

  /** Whether adding {@code from..to} would make one more range. */
  public boolean opens(long from, long to) {
    return !meets(from - 1, Math.max(to, to + 1));
  }

  /** How many ranges there are. */
  public int count() {
    return ranges.size();
  }

  /** The seqs of {@code from..to} that are not in the set, ascending. */
  public List<Range> gaps(long from, long to) {
    List<Range> gaps = new ArrayList<>();
    long next = from;
    Map.Entry<Long, Long> left = ranges.floorEntry(from);
    if (left != null && left.getValue() >= from) {
      if (left.getValue() >= to) {
        return gaps;
      }
      next = left.getValue() + 1;
    }
    for (Map.Entry<Long, Long> one : ranges.tailMap(next, true).entrySet()) {
      if (one.getKey() > to) {
        break;
      }
      if (one.getKey() > next) {
        gaps.add(new Range(next, one.getKey() - 1));
      }
      if (one.getValue() >= to) {
        return gaps;
      }
      next = one.getValue() + 1;
    }
    if (next <= to) {
      gaps.add(new Range(next, to));
    }
    return gaps;
  }

  /** The greatest n such that 1..n are all in the set; 0 when 1 is not. */
  public long through() {
    Map.Entry<Long, Long> first = ranges.firstEntry();
    return first != null && first.getKey() == 1 ? first.getValue() : 0;
  }

  /** The ranges above {@link #through()}, ascending, at most {@code limit} of them. */
  public List<Range> above(int limit) {
    return ranges.tailMap(through(), false).entrySet().stream()
        .limit(limit)
        .map(entry -> new Range(entry.getKey(), entry.getValue()))
        .toList();
  }

  /** All ranges, ascending. */
  public List<Range> toList() {
    List<Range> list = new ArrayList<>(ranges.size());
    ranges.forEach((from, to) -> list.add(new Range(from, to)));
    return list;
  }

  public boolean isEmpty() {
    return ranges.isEmpty();
  }

  public SeqRanges copy() {
    SeqRanges copy = new SeqRanges();
    copy.ranges.putAll(ranges);
    return copy;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SeqRanges set && set.ranges.equals(ranges);
  }

  @Override
  public int hashCode() {
    return ranges.hashCode();
  }

  @Override
  public String toString() {
    return ranges.toString();
  }
}
