package dev.sentinelj.application.agent;

import dev.sentinelj.core.ingest.Receipt;
import dev.sentinelj.core.progress.Committed;
import dev.sentinelj.core.progress.EpochProgress;
import dev.sentinelj.core.progress.LaneRead;
import dev.sentinelj.core.progress.SeqRanges;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The database's latest word on our epoch, less what a comparison of hashes has disproved. The
 * latest counts, not the greatest: after a restore marks move back.
 */
final class CommittedWord {
  private SeqRanges committed = new SeqRanges();
  private final Set<Long> disputed = new HashSet<>();
  private Set<Long> parked = Set.of();
  private List<LaneRead> lanes = List.of();

  /** Above this the latest word says nothing, because it may name only so many ranges. */
  private long knownTo = Long.MAX_VALUE;

  private @Nullable EpochProgress latest;

  /**
   * Takes over {@code word}.
   *
   * @return the least seq that was committed by the word before and is not by this one
   */
  OptionalLong update(Committed word) {
    EpochProgress progress = word.progress();
    SeqRanges before = committed;
    SeqRanges after = progress.committed();
    knownTo = Long.MAX_VALUE;
    if (progress.above().size() >= Committed.MAX_RANGES) {
      knownTo = progress.above().getLast().to();
      keepAbove(before, knownTo, after);
    }
    committed = after;
    parked = Set.copyOf(word.parked());
    lanes = word.lanes();
    latest = progress;
    return firstMissing(before, after);
  }

  boolean has(long seq) {
    return committed.contains(seq) && !disputed.contains(seq);
  }

  /** What is committed, disputed or not, ascending. */
  List<SeqRanges.Range> ranges() {
    return committed.toList();
  }

  /** Whether all of {@code from..to} is committed. */
  boolean hasAll(long from, long to) {
    boolean inOneRange =
        committed.toList().stream().anyMatch(range -> range.from() <= from && to <= range.to());
    return inOneRange && disputed.stream().noneMatch(seq -> from <= seq && seq <= to);
  }

  /**
   * Whether some seq below {@code seq} is neither committed nor parked, as far as the word goes.
   */
  boolean lacksBelow(long seq) {
    long missing = committed.through() + 1;
    return missing < seq && missing <= knownTo && !parked(missing);
  }

  long through() {
    return committed.through();
  }

  boolean parked(long seq) {
    return parked.contains(seq);
  }

  /**
   * Whether the database met another content under an id of ours, or takes no more of the epoch.
   */
  boolean givenUp() {
    return latest != null && (latest.forked() || latest.closed());
  }

  /** The greatest committed seq; 0 without any. */
  long greatest() {
    List<SeqRanges.Range> ranges = committed.toList();
    return ranges.isEmpty() ? 0 : ranges.getLast().to();
  }

  /**
   * Whether a lane was read past {@code receipt}, or over another bus, and {@code seq} is not
   * there.
   */
  boolean provesLost(long seq, Receipt receipt) {
    return (seq <= knownTo || disputed.contains(seq))
        && !has(seq)
        && !parked(seq)
        && lanes.stream().anyMatch(lane -> lane.passed(receipt));
  }

  boolean passed(Receipt receipt) {
    return lanes.stream().anyMatch(lane -> lane.passed(receipt));
  }

  boolean disputed(long seq) {
    return disputed.contains(seq);
  }

  /** The ledger does not have {@code seq}, whatever the marks say. */
  void dispute(long seq) {
    disputed.add(seq);
  }

  void settle(long seq) {
    disputed.remove(seq);
  }

  void settleAll() {
    disputed.clear();
  }

  private static void keepAbove(SeqRanges before, long bound, SeqRanges after) {
    for (SeqRanges.Range range : before.toList()) {
      if (range.to() > bound) {
        after.add(Math.max(range.from(), bound + 1), range.to());
      }
    }
  }

  private static OptionalLong firstMissing(SeqRanges before, SeqRanges after) {
    List<SeqRanges.Range> now = after.toList();
    for (SeqRanges.Range range : before.toList()) {
      long seq = range.from();
      for (SeqRanges.Range held : now) {
        if (held.from() <= seq && seq <= held.to()) {
          seq = held.to() + 1;
        }
      }
      if (seq <= range.to()) {
        return OptionalLong.of(seq);
      }
    }
    return OptionalLong.empty();
  }
}
