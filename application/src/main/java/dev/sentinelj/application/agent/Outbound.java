package dev.sentinelj.application.agent;

import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.failpoint.Failpoint;
import dev.sentinelj.core.ingest.Receipt;
import dev.sentinelj.core.ingest.Refusal;
import dev.sentinelj.core.ingest.RetryReason;
import dev.sentinelj.core.progress.Committed;
import dev.sentinelj.core.signing.AgentKey;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.driven.BatchLog;
import dev.sentinelj.ports.driven.Uplink;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;

/**
 * Which batch is sent next in an open session, and which is sent again.
 *
 * <p>Order is the order of the log. When what comes next is older than a minute it is split: the
 * fresh lane goes first, and the backlog follows as fast as its allowance per poll. In a new
 * session nothing is sent until the database's word was heard and its rows were seen to be ours.
 */
final class Outbound {

  private final BatchLog log;
  private final ServerTerms terms;
  private final SetBook sets;
  private final CommittedWord word;
  private final GivenUp givenUp;
  private final OwnRows own;
  private final ExporterOptions options;
  private final ShippedCounts counts;
  private final Deliveries deliveries = new Deliveries();
  private final Sender sender;
  private final Evidence evidence;
  private final Lanes lanes;
  private final Pause pause;
  private long openedAtNanos;
  private int allowance;

  Outbound(
      BatchLog log,
      ServerTerms terms,
      SetBook sets,
      CommittedWord word,
      GivenUp givenUp,
      OwnRows own,
      ExporterOptions options,
      ShippedCounts counts,
      RandomGenerator random) {
    this.log = log;
    this.terms = terms;
    this.sets = sets;
    this.word = word;
    this.givenUp = givenUp;
    this.own = own;
    this.options = options;
    this.counts = counts;
    this.sender = new Sender(terms, sets, givenUp, own, deliveries, random);
    this.evidence = new Evidence(deliveries, word, own, sets, options.resendAnyway(), random);
    this.lanes = new Lanes(log, terms, this::settled);
    this.pause = new Pause(random);
  }

  int inFlight() {
    return deliveries.inFlight();
  }

  /** Greatest age of a batch that no gateway has accepted in this session; 0 when there is none. */
  long oldestUnsentMillis(Now now) {
    long oldest = Math.min(deliveries.oldestUnacceptedMillis(), lanes.oldestMillis());
    return oldest == Long.MAX_VALUE ? 0 : Math.max(0, terms.stamp(now) - oldest);
  }

  void opened(Now now) {
    openedAtNanos = now.monotonicNanos();
    allowance = options.backlogPerPoll();
    evidence.opened(now);
    lanes.opened();
  }

  /** Everything that is not committed is unsent again. */
  void ended() {
    deliveries.clear();
    word.settleAll();
    own.sessionEnded();
    sets.sessionEnded();
    pause.sessionEnded();
    lanes.ended();
  }

  void accepted(long seq, long attempt, Receipt receipt, Now now) {
    Failpoint.AGENT_ACCEPTED_HEARD.hit();
    deliveries
        .answered(seq, attempt)
        .ifPresent(delivery -> {
          deliveries.accepted(delivery, receipt, now.monotonicNanos());
          sets.accepted(delivery.attached);
          counts.accepted++;
          pause.believed();
          evidence.judge(delivery, now);
        });
  }

  void progress(Committed committed, Now now) {
    Failpoint.AGENT_COMMITTED_HEARD.hit();
    OptionalLong movedBack = word.update(committed);
    own.heard(movedBack.isPresent());
    evidence.judgeAll(now);
    lanes.release();
    movedBack.ifPresent(lanes::rewind);
  }

  void retryLater(long seq, long attempt, RetryReason reason, long delayMillis, Now now) {
    deliveries
        .answered(seq, attempt)
        .ifPresent(delivery ->
            deliveries.waitUntil(delivery, pause.asked(delivery, reason, delayMillis, now)));
  }

  /** What is on its way was stamped by a clock that the gateway does not believe. */
  void clockChanged(Now now) {
    deliveries
        .allInFlight()
        .forEach(delivery -> deliveries.waitUntil(delivery, now.monotonicNanos()));
  }

  /**
   * Gives up a batch that this attempt brought a permanent refusal for.
   *
   * @return false when it must be tried again after all
   */
  boolean refused(long seq, long attempt, Refusal reason, Now now) {
    Optional<Delivery> delivery = deliveries.answered(seq, attempt);
    delivery.ifPresent(
        d -> deliveries.waitUntil(d, now.monotonicNanos() + Pause.MAX_MILLIS * 1_000_000));
    if (delivery.isEmpty() || !reason.permanent()) {
      return delivery.isEmpty();
    }
    boolean gone = one(seq).filter(batch -> givenUp.add(batch, reason)).isPresent();
    if (gone) {
      deliveries.remove(delivery.get());
    }
    return gone;
  }

  /** The ledger lacks these, whatever the marks say. */
  void missing(List<Long> seqs) {
    seqs.forEach(word::dispute);
    seqs.stream().min(Long::compare).ifPresent(lanes::rewind);
  }

  /** Whether a batch has been on its way for longer than any answer takes. */
  boolean stuck(Now now) {
    return deliveries
        .longestInFlight()
        .filter(d -> now.monotonicNanos() - d.sinceNanos >= options.answerWithin().toNanos())
        .isPresent();
  }

  void poll(Now now) {
    allowance = options.backlogPerPoll();
    if (sets.owes() && deliveries.inFlight() == 0 && lanes.nothingNext()) {
      evidence.bringParked(now); // nothing else is on its way that the definition could go beside
    }
    if (heldLongEnough(now)) {
      lanes.release();
    }
    evidence.poll(now);
  }

  /** Sends what may be sent now. */
  void pump(Uplink.Session session, AgentKey key, Now now) {
    if (!heldLongEnough(now) && !own.certain(word)) {
      return; // beside the rows of a twin ours would only add to the muddle
    }
    lanes.split(now);
    if (late(now)) {
      sendLane(lanes.fresh(), session, key, now);
      resend(session, key, now);
      while (allowance > 0 && sendNext(lanes.backlog(), session, key, now)) {
        allowance--;
      }
    } else {
      resend(session, key, now);
      sendLane(lanes.backlog(), session, key, now);
      if (lanes.backlog().peek().isEmpty()) {
        sendLane(lanes.fresh(), session, key, now);
      }
    }
  }

  private boolean heldLongEnough(Now now) {
    return now.monotonicNanos() - openedAtNanos >= options.holdBack().toNanos();
  }

  private boolean late(Now now) {
    return lanes.late(now)
        || deliveries.due(now.monotonicNanos(), 1).stream()
            .anyMatch(d -> d.data && lanes.old(d.greatestTimeMillis, now));
  }

  private void sendLane(LogLane lane, Uplink.Session session, AgentKey key, Now now) {
    while (sendNext(lane, session, key, now)) {
      lanes.split(now);
    }
  }

  private boolean sendNext(LogLane lane, Uplink.Session session, AgentKey key, Now now) {
    if (!mayPush(session, now) || deliveries.full()) {
      return false;
    }
    Optional<SignedBatch> next = lane.peek();
    next.ifPresent(batch -> {
      lane.taken();
      sender.send(batch, session, key, now);
    });
    return next.isPresent();
  }

  private void resend(Uplink.Session session, AgentKey key, Now now) {
    for (Delivery delivery : deliveries.due(now.monotonicNanos(), options.maxInFlight())) {
      if (!mayPush(session, now)) {
        return;
      }
      Optional<SignedBatch> batch = word.has(delivery.seq) ? Optional.empty() : one(delivery.seq);
      if (batch.isPresent()) {
        counts.resent++;
        sender.send(batch.get(), session, key, now);
      } else {
        deliveries.remove(delivery);
      }
    }
  }

  private boolean mayPush(Uplink.Session session, Now now) {
    return pause.over(now) && deliveries.windowOpen(options) && session.ready();
  }

  private boolean settled(long seq) {
    return word.has(seq) || deliveries.tracks(seq) || givenUp.has(seq);
  }

  private Optional<SignedBatch> one(long seq) {
    return log.read(seq, 1, 1).stream().filter(batch -> batch.id().seq() == seq).findFirst();
  }
}
