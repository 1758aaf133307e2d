package dev.sentinelj.auditor;

import dev.sentinelj.auditor.EpochFacts.Elsewhere;
import dev.sentinelj.auditor.EpochFacts.Loss;
import dev.sentinelj.auditor.EpochFacts.Move;
import dev.sentinelj.auditor.EpochFacts.Progress;
import dev.sentinelj.auditor.Finding.Kind;
import dev.sentinelj.auditor.LedgerChain.Jump;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;

/**
 * Judges one epoch. Pure: the same facts give the same judgement.
 *
 * <p>Longer than most files because what adds up to what is one idea.
 */
final class Judge {
  private final EpochFacts facts;
  private final LedgerChain chain;
  private final List<SeqSpan> named;
  private final List<SeqSpan> holes;
  private final List<Finding> findings = new ArrayList<>();
  private long collected;
  private long inFlight;
  private boolean underway;

  private Judge(EpochFacts facts) {
    this.facts = facts;
    this.chain = new LedgerChain(facts.links);
    this.named = SeqSpan.set(facts.losses.stream().map(Loss::seqs).toList());
    this.holes = SeqSpan.minus(chain.missing(), named);
  }

  static EpochAudit judge(EpochFacts facts) {
    return new Judge(facts).judge();
  }

  private EpochAudit judge() {
    List<SeqSpan> missing = holes;
    boolean settled = facts.progress.closed() && !facts.moves.isEmpty();
    boolean closing = !settled && (facts.progress.closed() || facts.progress.forked());
    if (settled) {
      missing = judgeSettled();
    } else if (closing) {
      judgeClosing();
    } else {
      judgeOpen();
    }
    long broken = faults();
    judgeSums(settled);
    if (facts.parked > 0) {
      remark(
          Kind.PARKED,
          0,
          facts.parked
              + (facts.parked == 1 ? " batch waits" : " batches wait")
              + " for a series set");
    }
    return result(missing, verdict(closing), unaccounted(broken));
  }

  /** An open epoch: neighbours must fit, but for what losses name and what is on its way. */
  private void judgeOpen() {
    collected = facts.ledger.greatest() + facts.ledger.torn();
    if (chain.open()) {
      collected = Math.max(facts.ledger.greatest(), facts.progress.greatest());
      collected += facts.ledger.torn();
    }
    List<SeqSpan> claimed = SeqSpan.common(holes, facts.progress.committed());
    if (!claimed.isEmpty()) {
      fault(
          Kind.MISSING_SEQS,
          0,
          SeqSpan.words(claimed) + " count as committed, but neither ledger nor losses have them");
    }
    for (Group group : groups()) {
      judge(group, claimed);
    }
    List<SeqSpan> coming = SeqSpan.minus(holes, claimed);
    if (!coming.isEmpty()) {
      remark(Kind.IN_FLIGHT, inFlight, SeqSpan.words(coming) + " did not come yet");
    }
  }

  /**
   * What overlaps is judged together: a loss may name seqs on both sides of a row that beat it.
   *
   * @param size by how much the running count jumps in all
   * @param lost how much of that the losses explain
   */
  private record Group(long from, long to, long size, long lost) {}

  private List<Group> groups() {
    List<Group> parts = new ArrayList<>();
    jumps().forEach(jump -> parts.add(new Group(jump.from(), jump.to(), jump.size(), 0)));
    for (Loss loss : facts.losses) {
      parts.add(new Group(loss.seqs().from(), loss.seqs().to(), 0, loss.counted()));
    }
    parts.sort(Comparator.comparingLong(Group::from).thenComparingLong(Group::to));
    List<Group> groups = new ArrayList<>();
    for (Group part : parts) {
      Group last = groups.isEmpty() ? null : groups.getLast();
      if (last != null && part.from() <= last.to()) {
        groups.removeLast();
        groups.add(
            new Group(
                last.from(),
                Math.max(last.to(), part.to()),
                last.size() + part.size(),
                last.lost() + part.lost()));
      } else {
        groups.add(part);
      }
    }
    return groups;
  }

  /** Those of the chain, and what the last rows leave open by not telling their place. */
  private List<Jump> jumps() {
    long end = chain.end(facts.ledger.unchained());
    if (!chain.open() || facts.progress.greatest() == end) {
      return chain.jumps();
    }
    List<Jump> all = new ArrayList<>(chain.jumps());
    all.add(
        new Jump(chain.knownSeq() + 1, facts.ledger.lastSeq(), facts.progress.greatest() - end));
    return all;
  }

  private void judge(Group group, List<SeqSpan> claimed) {
    long rest = group.size() - group.lost();
    if (rest == 0) {
      return;
    }
    boolean tail = group.to() > facts.ledger.lastSeq();
    if (tail && rest < 0) {
      collected -= rest; // lost behind the last row: no row tells of it yet
      return;
    }
    List<SeqSpan> here =
        group.to() < group.from() ? List.of() : List.of(new SeqSpan(group.from(), group.to()));
    boolean onItsWay =
        !SeqSpan.common(holes, here).isEmpty() && SeqSpan.common(claimed, here).isEmpty();
    if (rest > 0 && onItsWay) {
      inFlight += rest;
    } else {
      fault(
          Kind.CHAIN,
          rest,
          "between seq "
              + (group.from() - 1)
              + " and "
              + (group.to() + 1)
              + " the agent's count goes on "
              + Math.abs(rest)
              + (rest > 0 ? " samples higher" : " samples lower")
              + (group.lost() > 0 ? " than losses explain" : " and no loss explains it"));
    }
  }

  /** Rows of several logs may lie mixed here: until the last word there is no chain to follow. */
  private void judgeClosing() {
    long explained = facts.ledger.samples() + facts.progress.lost();
    long counted = facts.ledger.greatest() + facts.ledger.torn();
    inFlight = Math.max(0, counted - explained);
    collected = explained + inFlight;
    if (!holes.isEmpty()) {
      remark(
          Kind.IN_FLIGHT,
          inFlight,
          SeqSpan.words(holes) + " wait for the last word of their log on this epoch");
    }
  }

  /** The logs' last words settle it; a hole behind them belongs to a log that has not spoken. */
  private List<SeqSpan> judgeSettled() {
    long difference = 0;
    long last = 0;
    for (Move move : facts.moves) {
      difference += move.difference();
      last = Math.max(last, move.lastSeq());
      if (move.difference() != 0) {
        fault(
            Kind.MOVED_DIFFERENCE,
            move.difference(),
            "the log that went on as epoch "
                + HexFormat.of().toHexDigits(move.newEpoch())
                + " counted "
                + Math.abs(move.difference())
                + (move.difference() > 0 ? " samples more" : " samples fewer")
                + " up to seq "
                + move.lastSeq()
                + " than are stored, lost or moved");
      }
    }
    collected = facts.ledger.samples() + facts.progress.lost() + movedAway() + difference;
    List<SeqSpan> missing = new ArrayList<>(holes);
    if (last > facts.ledger.lastSeq()) {
      missing.addAll(SeqSpan.minus(List.of(new SeqSpan(facts.ledger.lastSeq() + 1, last)), named));
    }
    missing = SeqSpan.minus(missing, SeqSpan.set(facts.copied));
    List<SeqSpan> spoken = last == 0 ? List.of() : List.of(new SeqSpan(1, last));
    List<SeqSpan> gone = SeqSpan.common(missing, spoken);
    if (!gone.isEmpty()) {
      judgeNotCopied(gone);
    }
    List<SeqSpan> coming = SeqSpan.minus(missing, spoken);
    if (!coming.isEmpty()) {
      underway = true;
      remark(
          Kind.IN_FLIGHT,
          0,
          SeqSpan.words(coming) + " wait for the last word of another log on this epoch");
    }
    return missing;
  }

  /**
   * Whether a last word counted their samples shows in its difference. Here is left that copies may
   * come behind the last word, or be lost under their new seqs: the new epoch tells of that.
   */
  private void judgeNotCopied(List<SeqSpan> gone) {
    if (wentOn(Elsewhere.COMING)) {
      underway = true;
      remark(
          Kind.IN_FLIGHT,
          0,
          SeqSpan.words(gone) + " may still come as copies into the epoch their log went on in");
    } else if (!wentOn(Elsewhere.LOSSY)) {
      fault(
          Kind.MISSING_SEQS,
          0,
          SeqSpan.words(gone) + " are in neither ledger, losses nor copies, and their log is done");
    }
  }

  private boolean wentOn(Elsewhere how) {
    return facts.moves.stream().anyMatch(move -> move.elsewhere() == how);
  }

  private long movedAway() {
    return facts.moves.stream().mapToLong(Move::moved).sum();
  }

  private void judgeSums(boolean settled) {
    Progress counts = facts.progress;
    long here = counts.moved() - (settled ? movedAway() : 0);
    long explained = counts.stored() + counts.quarantined() + counts.overflow() + here;
    differ(Kind.LEDGER_SUM, "the rows of the ledger have", facts.ledger.samples(), explained);
    long lost = facts.losses.stream().mapToLong(Loss::counted).sum();
    differ(Kind.LOSSES_SUM, "the losses name", lost, counts.lost());
    differ(
        Kind.QUARANTINE_SUM, "the rows kept aside have", facts.quarantined, counts.quarantined());
  }

  private void differ(Kind kind, String what, long there, long counted) {
    if (there != counted) {
      fault(
          kind,
          there - counted,
          what + " " + there + " samples, the counts of the epoch say " + counted);
    }
  }

  private long faults() {
    return findings.stream().filter(Finding::fault).mapToLong(Finding::samples).sum();
  }

  /** What is wrong along the ledger shows in its sum again: the greater of the two counts. */
  private long unaccounted(long broken) {
    long sum =
        findings.stream()
            .filter(finding -> finding.kind() == Kind.LEDGER_SUM)
            .mapToLong(Finding::samples)
            .sum();
    return faults() - Math.min(broken, sum);
  }

  private Verdict verdict(boolean closing) {
    if (findings.stream().anyMatch(Finding::fault)) {
      return Verdict.UNACCOUNTED;
    }
    if (closing || underway) {
      return Verdict.CLOSING;
    }
    return findings.isEmpty() ? Verdict.OK : Verdict.IN_FLIGHT;
  }

  private EpochAudit result(List<SeqSpan> missing, Verdict verdict, long unaccounted) {
    Progress counts = facts.progress;
    return new EpochAudit(
        facts.key.agent(),
        facts.key.epoch(),
        verdict,
        collected,
        counts.stored(),
        counts.quarantined(),
        counts.lost(),
        counts.overflow(),
        counts.moved(),
        inFlight,
        unaccounted,
        facts.ledger.batches(),
        facts.ledger.lastSeq(),
        missing,
        facts.parked,
        findings);
  }

  private void fault(Kind kind, long samples, String text) {
    findings.add(Finding.fault(kind, samples, text));
  }

  private void remark(Kind kind, long samples, String text) {
    findings.add(Finding.remark(kind, samples, text));
  }
}
