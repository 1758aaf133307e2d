package dev.sentinelj.auditor;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Sequence numbers, both ends inclusive. Lists of them are sorted and apart where a method says
 * "set".
 */
public record SeqSpan(long from, long to) {
  private static final int SHOWN = 5;

  public SeqSpan {
    if (to < from) {
      throw new IllegalArgumentException("bad span " + from + ".." + to);
    }
  }

  public long size() {
    return to - from + 1;
  }

  @Override
  public String toString() {
    return from == to ? Long.toString(from) : from + ".." + to;
  }

  /** All seqs of {@code spans} as a set. */
  static List<SeqSpan> set(List<SeqSpan> spans) {
    List<SeqSpan> set = new ArrayList<>();
    for (SeqSpan span : spans.stream().sorted(Comparator.comparingLong(SeqSpan::from)).toList()) {
      SeqSpan last = set.isEmpty() ? null : set.getLast();
      if (last != null && span.from() <= last.to() + 1) {
        set.set(set.size() - 1, new SeqSpan(last.from(), Math.max(last.to(), span.to())));
      } else {
        set.add(span);
      }
    }
    return set;
  }

  /** What is in the set {@code left} and not in the set {@code right}, as a set. */
  static List<SeqSpan> minus(List<SeqSpan> left, List<SeqSpan> right) {
    List<SeqSpan> rest = new ArrayList<>();
    int at = 0;
    for (SeqSpan span : left) {
      while (at < right.size() && right.get(at).to() < span.from()) {
        at++;
      }
      long from = span.from();
      for (int i = at; i < right.size() && right.get(i).from() <= span.to(); i++) {
        if (right.get(i).from() > from) {
          rest.add(new SeqSpan(from, right.get(i).from() - 1));
        }
        from = Math.max(from, right.get(i).to() + 1);
      }
      if (from <= span.to()) {
        rest.add(new SeqSpan(from, span.to()));
      }
    }
    return rest;
  }

  /** What is in both sets, as a set. */
  static List<SeqSpan> common(List<SeqSpan> left, List<SeqSpan> right) {
    return minus(left, minus(left, right));
  }

  /** How many seqs a set has. */
  static long count(List<SeqSpan> set) {
    return set.stream().mapToLong(SeqSpan::size).sum();
  }

  /** A set for people: the first few of it. */
  static String words(List<SeqSpan> set) {
    String first =
        set.stream().limit(SHOWN).map(SeqSpan::toString).collect(Collectors.joining(", "));
    return (count(set) == 1 ? "seq " : "seqs ")
        + first
        + (set.size() > SHOWN ? " and " + (set.size() - SHOWN) + " more ranges" : "");
  }
}
