package dev.sentinelj.adapters.memory;

import dev.sentinelj.adapters.memory.Rows.Kept;
import dev.sentinelj.adapters.memory.Rows.LedgerRow;
import dev.sentinelj.adapters.memory.Rows.Loss;
import dev.sentinelj.adapters.memory.Rows.OriginKey;
import dev.sentinelj.adapters.memory.Rows.ProgressRow;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.LossReason;
import dev.sentinelj.core.batch.MovedRecord;
import dev.sentinelj.core.progress.Balance;
import dev.sentinelj.core.progress.EpochProgress;
import dev.sentinelj.core.progress.SeqRanges;
import dev.sentinelj.core.progress.SeqRanges.Range;
import dev.sentinelj.ports.driven.AuditQueries.EpochVerdict;
import dev.sentinelj.ports.driven.AuditQueries.Verdict;
import dev.sentinelj.ports.driven.PartitionTransaction.Collected;
import dev.sentinelj.ports.driven.PartitionTransaction.QuarantineRow;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Judges one epoch by the rows that are there, once, under the lock of the database. Looks at the
 * sums of an epoch where the auditor of a real database follows its running count from row to row.
 */
final class EpochJudge {
  private final InMemoryDatabase database;
  private final EpochId epoch;
  private final EpochProgress progress;
  private final Collection<LedgerRow> rows;
  private final List<Loss> losses;
  private final Map<EpochId, MovedRecord> words;
  private final Collected counted;
  private final List<String> findings = new ArrayList<>();
  private long collected;
  private long inFlight;
  private long broken;
  private boolean faulty;
  private boolean closing;

  EpochJudge(InMemoryDatabase database, EpochProgress progress) {
    this.database = database;
    this.epoch = progress.epoch();
    this.progress = progress;
    this.rows =
        database
            .ledger
            .rows()
            .subMap(new BatchId(epoch, 1), true, new BatchId(epoch, Long.MAX_VALUE), true)
            .values();
    this.losses = database.losses.rows().getOrDefault(epoch, List.of());
    this.words =
        database.moves.rows().entrySet().stream()
            .filter(word -> word.getKey().closed().equals(epoch))
            .collect(Collectors.toMap(word -> word.getKey().into(), Map.Entry::getValue));
    this.counted = look().collected(epoch);
  }

  /** Sees what is there; whatever it notes is never committed. */
  private InMemoryTransaction look() {
    return new InMemoryTransaction(database, 0, false);
  }

  EpochVerdict verdict() {
    boolean settled = progress.closed() && !words.isEmpty();
    if (settled) {
      judgeSettled();
    } else if (progress.closed() || progress.forked()) {
      judgeClosing();
    } else {
      judgeOpen();
    }
    long sums = judgeSums(settled);
    long parked = countParked();
    if (parked > 0) {
      findings.add(parked + " parked batches wait for a series set");
    }
    Balance counts = progress.balance();
    return new EpochVerdict(
        epoch.epoch(),
        word(),
        new Balance(
            collected,
            counts.stored(),
            counts.quarantined(),
            counts.lost(),
            counts.overflow(),
            counts.moved()),
        inFlight,
        sums + broken,
        findings);
  }

  private Verdict word() {
    if (faulty) {
      return Verdict.UNACCOUNTED;
    }
    if (closing) {
      return Verdict.CLOSING;
    }
    return findings.isEmpty() ? Verdict.OK : Verdict.IN_FLIGHT;
  }

  private void judgeOpen() {
    collected = counted.greatest() + counted.torn();
    SeqRanges committed = progress.committed();
    List<Range> holes = holes(lastSeq());
    boolean claimed = holes.stream().anyMatch(hole -> committed.meets(hole.from(), hole.to()));
    if (claimed) {
      fault(0, "seqs of " + holes + " count as committed, and nothing has them");
    } else if (!holes.isEmpty()) {
      findings.add(holes + " did not come yet");
    }
    long rest = collected - samples() - lost();
    if (rest < 0) {
      long behind = Math.min(-rest, lostBehind(lastSeq()));
      collected += behind;
      rest += behind;
    }
    if (rest > 0 && !holes.isEmpty() && !claimed) {
      inFlight = rest;
    } else if (rest != 0) {
      broken = Math.abs(rest);
      fault(broken, "the agent's count differs by " + rest + " from rows and losses");
    }
  }

  private void judgeClosing() {
    closing = true;
    long explained = samples() + lost();
    inFlight = Math.max(0, counted.greatest() + counted.torn() - explained);
    collected = explained + inFlight;
    List<Range> holes = holes(lastSeq());
    if (!holes.isEmpty()) {
      findings.add(holes + " wait for the last word of their log");
    }
  }

  private void judgeSettled() {
    long difference = look().settlement(epoch).orElseThrow().difference();
    if (difference != 0) {
      broken = Math.abs(difference);
      fault(broken, "the last words differ by " + difference + " from what is there");
    }
    collected = samples() + lost() + movedAway() + difference;
    long spoken = words.values().stream().mapToLong(MovedRecord::lastSeq).max().orElse(0);
    for (Range hole : holes(Math.max(spoken, lastSeq()))) {
      judgeMissing(hole, spoken);
    }
  }

  /** A hole behind the last words belongs to a log that has not spoken. */
  private void judgeMissing(Range hole, long spoken) {
    if (hole.to() > spoken) {
      closing = true;
      findings.add(hole + " waits for the last word of another log");
    }
    if (hole.from() <= spoken) {
      judgeNotCopied(hole);
    }
  }

  /** Copies may come behind the last word, or be lost under their new seqs. */
  private void judgeNotCopied(Range hole) {
    if (words.keySet().stream().anyMatch(this::mayStillCome)) {
      closing = true;
      findings.add(hole + " may still come as copies");
    } else if (words.keySet().stream().noneMatch(this::losesSome)) {
      fault(0, hole + " is in neither ledger, losses nor copies");
    }
  }

  private boolean mayStillCome(EpochId into) {
    ProgressRow there = database.progress.rows().get(into);
    return there != null
        && (!there.progress().above().isEmpty()
            || there.progress().closed()
            || there.progress().forked());
  }

  private boolean losesSome(EpochId into) {
    return database.losses.rows().getOrDefault(into, List.of()).stream()
        .anyMatch(loss -> loss.entry().reason() != LossReason.TORN);
  }

  /**
   * @return what differs and did not show along the running count already
   */
  private long judgeSums(boolean settled) {
    Balance counts = progress.balance();
    long here = counts.moved() - (settled ? movedAway() : 0);
    long ledger =
        differ(
            "ledger", samples(), counts.stored() + counts.quarantined() + counts.overflow() + here);
    return Math.max(0, ledger - broken)
        + differ("losses", lost(), counts.lost())
        + differ("quarantine", keptAside(), counts.quarantined());
  }

  private long differ(String what, long there, long told) {
    long size = Math.abs(there - told);
    if (size != 0) {
      fault(size, what + ": " + there + " samples are there, the counts of the epoch say " + told);
    }
    return size;
  }

  private void fault(long samples, String text) {
    faulty = true;
    findings.add(samples == 0 ? text : text + " (" + samples + " samples)");
  }

  private long samples() {
    return rows.stream().mapToLong(LedgerRow::samples).sum();
  }

  private long lost() {
    return losses.stream().mapToLong(Loss::counted).sum();
  }

  private long lostBehind(long seq) {
    return losses.stream().filter(loss -> loss.entry().to() > seq).mapToLong(Loss::counted).sum();
  }

  private long movedAway() {
    return words.values().stream().mapToLong(MovedRecord::movedSamples).sum();
  }

  private long keptAside() {
    return database.quarantine.rows().values().stream()
        .filter(kept -> kept.replayedAtMillis() == 0)
        .map(Kept::row)
        .filter(row -> row.id().map(BatchId::epoch).equals(Optional.of(epoch)))
        .mapToLong(QuarantineRow::samples)
        .sum();
  }

  private long countParked() {
    return database.parked.rows().values().stream()
        .filter(parked -> parked.epoch().equals(epoch))
        .map(parked -> parked.batch().row().batch().id().seq())
        .distinct()
        .count();
  }

  private long lastSeq() {
    return rows.stream().mapToLong(row -> row.id().seq()).max().orElse(0);
  }

  /** Seqs up to this one that are in neither ledger, losses nor copies. */
  private List<Range> holes(long lastSeq) {
    SeqRanges there = new SeqRanges();
    rows.forEach(row -> there.add(row.id().seq()));
    losses.forEach(loss -> there.add(loss.entry().from(), loss.entry().to()));
    database.origins.rows().keySet().stream()
        .map(OriginKey::id)
        .filter(id -> id.epoch().equals(epoch))
        .forEach(id -> there.add(id.seq()));
    return there.gaps(1, lastSeq);
  }
}
