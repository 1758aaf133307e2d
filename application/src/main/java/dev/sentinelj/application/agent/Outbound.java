package dev.sentinelj.application.agent;

import dev.sentinelj.core.batch.BatchKind;
import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.batch.LossReason;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.failpoint.Failpoint;
import dev.sentinelj.core.ingest.Receipt;
import dev.sentinelj.core.ingest.Refusal;
import dev.sentinelj.core.ingest.RetryReason;
import dev.sentinelj.core.ingest.Submission;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.progress.Committed;
import dev.sentinelj.core.signing.AgentKey;
import dev.sentinelj.core.signing.Envelope;
import dev.sentinelj.core.signing.SigningPolicy;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.BatchLog;
import dev.sentinelj.ports.driven.RefusedBatches;
import dev.sentinelj.ports.driven.Uplink;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;

/**
 * Which batch is sent next in an open session, and which is sent again.
 *
 * <p>Order is the order of the log. When what comes next is older than a minute it is split: the
 * fresh lane goes first, and the backlog follows as fast as its allowance per poll. What an earlier
 * session left is held back until the database's word was heard. A batch that was accepted is sent
 * again on evidence only: its lane was read past the receipt, or over another bus, and it is
 * neither committed nor parked.
 */
final class Outbound {

  /** Between two sendings of one batch: 1 s to 10 min. */
  private static final Backoff RESEND = new Backoff(1_000, 2_000, 600_000);

  /** Bound on the wait a gateway may ask for. */
  private static final long MAX_DELAY_MILLIS = 600_000;

  /** How often accepted batches are looked through for some that waited too long. */
  private static final long SWEEP_NANOS = 60_000_000_000L;

  /** An envelope without attached sets is never longer. */
  private static final int ENVELOPE_BYTES = 512;

  /** Where the fresh lane starts is looked for among so many of the newest records. */
  private static final int RECENT = 32;

  private static final long RECENT_BYTES = 16L << 20;

  private final BatchLog log;
  private final ServerTerms terms;
  private final SetBook sets;
  private final CommittedWord word;
  private final SegmentFreeing freeing;
  private final LossWriter losses;
  private final RefusedBatches refused;
  private final ExporterOptions options;
  private final RandomGenerator random;
  private final VanishedPrefix vanished;
  private final Deliveries deliveries = new Deliveries();
  private final LogLane fresh;
  private final LogLane backlog;

  private boolean released;
  private long sessionStart = 1;
  private long openedAtNanos;
  private long sweptAtNanos;
  private long pausedUntilNanos;
  private boolean paused;

  /** Answers in a row that said so. */
  private int disbelieved;

  private int allowance;
  private long acceptedBatches;
  private long resent;
  private long refusedBatches;

  Outbound(
      BatchLog log,
      ServerTerms terms,
      SetBook sets,
      CommittedWord word,
      SegmentFreeing freeing,
      LossWriter losses,
      RefusedBatches refused,
      ExporterOptions options,
      RandomGenerator random) {
    this.log = log;
    this.terms = terms;
    this.sets = sets;
    this.word = word;
    this.freeing = freeing;
    this.losses = losses;
    this.refused = refused;
    this.options = options;
    this.random = random;
    this.vanished = new VanishedPrefix(log, options.prefixLostAfter());
    this.fresh = new LogLane(log, this::settled);
    this.backlog = new LogLane(log, this::settled);
    ended();
  }

  int inFlight() {
    return deliveries.inFlight();
  }

  long acceptedBatches() {
    return acceptedBatches;
  }

  long resent() {
    return resent;
  }

  long refusedBatches() {
    return refusedBatches;
  }

  /** Greatest age of a batch that no gateway has accepted in this session; 0 when there is none. */
  long oldestUnsentMillis(Now now) {
    long oldest = deliveries.oldestUnacceptedMillis();
    for (LogLane lane : List.of(fresh, backlog)) {
      Optional<SignedBatch> head = lane.peek().filter(Delivery::hasSamples);
      oldest = Math.min(oldest, head.map(b -> b.header().greatestTimeMillis()).orElse(oldest));
    }
    return oldest == Long.MAX_VALUE ? 0 : Math.max(0, terms.stamp(now) - oldest);
  }

  /** What was durable before this moment is older than the session. */
  void opened(Now now) {
    sessionStart = log.durableThrough() + 1;
    openedAtNanos = now.monotonicNanos();
    sweptAtNanos = now.monotonicNanos();
    allowance = options.backlogPerPoll();
    fresh.reset(sessionStart, Long.MAX_VALUE);
    backlog.reset(1, 1);
    released = log.firstSeq() >= sessionStart;
  }

  /** Everything that is not committed is unsent again. */
  void ended() {
    deliveries.clear();
    word.settleAll();
    vanished.sessionEnded();
    sets.sessionEnded();
    freeing.sessionEnded();
    released = false;
    paused = false;
    fresh.reset(log.firstSeq(), Long.MAX_VALUE);
    backlog.reset(1, 1);
  }

  void accepted(long seq, long attempt, Receipt receipt, Now now) {
    Failpoint.AGENT_ACCEPTED_HEARD.hit();
    deliveries
        .answered(seq, attempt)
        .ifPresent(delivery -> {
          deliveries.accepted(delivery, receipt, now.monotonicNanos());
          sets.accepted(delivery.attached);
          acceptedBatches++;
          disbelieved = 0;
          judge(delivery, now);
        });
  }

  void progress(Committed committed, Now now) {
    Failpoint.AGENT_COMMITTED_HEARD.hit();
    OptionalLong movedBack = word.update(committed);
    vanished.heard(word, now).ifPresent(losses::lost);
    deliveries.all().forEach(delivery -> judge(delivery, now));
    release();
    movedBack.ifPresent(this::rewind);
  }

  /**
   * Nothing at all is sent before the delay has passed, because the reasons are the gateway's own.
   * Only one that it does not believe may be so by itself: it alone waits, longer each time, until
   * a second one in a row is not believed either.
   */
  void retryLater(long seq, long attempt, RetryReason reason, long delayMillis, Now now) {
    long delay = Math.clamp(delayMillis, 0, MAX_DELAY_MILLIS);
    deliveries
        .answered(seq, attempt)
        .ifPresent(delivery -> {
          disbelieved = reason == RetryReason.NOT_BELIEVED ? disbelieved + 1 : 0;
          if (disbelieved == 1) {
            long wait = Math.max(delay, RESEND.millis(delivery.sends, random));
            deliveries.waitUntil(delivery, now.monotonicNanos() + wait * 1_000_000);
          } else {
            pausedUntilNanos = now.monotonicNanos() + delay * 1_000_000;
            paused = true;
            deliveries.waitUntil(delivery, pausedUntilNanos);
          }
        });
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
        d -> deliveries.waitUntil(d, now.monotonicNanos() + MAX_DELAY_MILLIS * 1_000_000));
    if (delivery.isEmpty() || !reason.permanent()) {
      return delivery.isEmpty();
    }
    Optional<SignedBatch> batch = one(seq);
    boolean givenUp = batch.isPresent() && giveUp(batch.get(), reason);
    if (givenUp) {
      deliveries.remove(delivery.get());
    }
    return givenUp;
  }

  /** The ledger lacks these, whatever the marks say. */
  void missing(List<Long> seqs) {
    seqs.forEach(word::dispute);
    seqs.stream().min(Long::compare).ifPresent(this::rewind);
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
    bringSets(now);
    vanished.poll(word, now).ifPresent(losses::lost);
    if (now.monotonicNanos() - openedAtNanos >= options.holdBack().toNanos()) {
      release();
    }
    if (now.monotonicNanos() - sweptAtNanos >= SWEEP_NANOS) {
      sweptAtNanos = now.monotonicNanos();
      deliveries.all().stream()
          .filter(d -> d.stage == Delivery.Stage.ACCEPTED && !word.parked(d.seq))
          .filter(d -> now.monotonicNanos() - d.sinceNanos >= options.resendAnyway().toNanos())
          .forEach(d -> deliveries.waitUntil(d, now.monotonicNanos()));
    }
  }

  /**
   * Sends a parked batch again when the definition it waits for was asked for and nothing else is
   * on its way that could carry it.
   */
  private void bringSets(Now now) {
    if (sets.owes()
        && deliveries.inFlight() == 0
        && fresh.peek().isEmpty()
        && backlog.peek().isEmpty()) {
      deliveries.all().stream()
          .filter(d -> d.stage == Delivery.Stage.ACCEPTED && word.parked(d.seq))
          .min(Comparator.comparingLong(d -> d.seq))
          .ifPresent(d -> deliveries.waitUntil(d, now.monotonicNanos()));
    }
  }

  /** Sends what may be sent now. */
  void pump(Uplink.Session session, AgentKey key, Now now) {
    paused &= now.monotonicNanos() - pausedUntilNanos < 0;
    split(now);
    if (late(now)) {
      sendLane(fresh, session, key, now);
      resend(session, key, now);
      while (allowance > 0 && sendNext(backlog, session, key, now)) {
        allowance--;
      }
    } else {
      resend(session, key, now);
      sendLane(backlog, session, key, now);
      if (backlog.peek().isEmpty()) {
        sendLane(fresh, session, key, now);
      }
    }
  }

  private boolean late(Now now) {
    return backlog.peek().filter(batch -> old(batch, now)).isPresent()
        || deliveries.due(now.monotonicNanos(), 1).stream()
            .anyMatch(d -> d.data && old(d.greatestTimeMillis, now));
  }

  private void sendLane(LogLane lane, Uplink.Session session, AgentKey key, Now now) {
    while (sendNext(lane, session, key, now)) {
      split(now);
    }
  }

  private boolean sendNext(LogLane lane, Uplink.Session session, AgentKey key, Now now) {
    if (!mayPush(session) || deliveries.full()) {
      return false;
    }
    Optional<SignedBatch> next = lane.peek();
    next.ifPresent(batch -> {
      lane.taken();
      send(batch, session, key, now);
    });
    return next.isPresent();
  }

  private void resend(Uplink.Session session, AgentKey key, Now now) {
    for (Delivery delivery : deliveries.due(now.monotonicNanos(), options.maxInFlight())) {
      if (!mayPush(session)) {
        return;
      }
      Optional<SignedBatch> batch = word.has(delivery.seq) ? Optional.empty() : one(delivery.seq);
      if (batch.isPresent()) {
        resent++;
        send(batch.get(), session, key, now);
      } else {
        deliveries.remove(delivery);
      }
    }
  }

  private boolean mayPush(Uplink.Session session) {
    return !paused && deliveries.windowOpen(options) && session.ready();
  }

  private void send(SignedBatch batch, Uplink.Session session, AgentKey key, Now now) {
    long room = terms.limits().maxBatchBytes() - batch.headerBytes().length - batch.bodyLength();
    if (room < ENVELOPE_BYTES && giveUp(batch, Refusal.TOO_BIG)) {
      return;
    }
    long roomForSets = room - ENVELOPE_BYTES - Envelope.MAX_ATTACHED * Sha256.BYTES;
    List<SeriesSet> attached = sets.attach(batch, roomForSets, now);
    List<Sha256> hashes = attached.stream().map(SeriesSet::hash).toList();
    long attempt = random.nextLong();
    Envelope.Signed envelope =
        SigningPolicy.signEnvelope(key, batch, attempt, terms.stamp(now), hashes);
    deliveries.sent(batch, attempt, hashes, now.monotonicNanos());
    Failpoint.AGENT_PUSH_BEFORE.hit();
    session.push(
        new Submission(batch, envelope, attached.stream().map(SeriesSet::toBytes).toList()));
    Failpoint.AGENT_PUSH_AFTER.hit();
  }

  /**
   * Bytes first, loss record second: a crash in between sends the batch once more and ends here
   * again. What says of others where they are is never given up: its own loss would need another.
   */
  private boolean giveUp(SignedBatch batch, Refusal reason) {
    if (batch.header().kind() == BatchKind.LOSS || batch.header().kind() == BatchKind.MOVED) {
      return false;
    }
    try {
      refused.keep(batch, reason);
    } catch (PortUnavailableException _) {
      return false;
    }
    long seq = batch.id().seq();
    losses.lost(new LossRecord.Entry(seq, seq, batch.header().samples(), LossReason.REFUSED));
    freeing.refuse(seq);
    refusedBatches++;
    return true;
  }

  private void judge(Delivery delivery, Now now) {
    long seq = delivery.seq;
    Receipt receipt = delivery.receipt;
    if (word.has(seq) && delivery.stage != Delivery.Stage.IN_FLIGHT) {
      sets.committed(delivery.carried);
      deliveries.remove(delivery);
    } else if (delivery.stage == Delivery.Stage.ACCEPTED && receipt != null) {
      if (word.disputed(seq) && word.passed(receipt)) {
        word.settle(seq); // the next comparison of hashes decides
        deliveries.remove(delivery);
      } else if (word.provesLost(seq, receipt)) {
        long wait = RESEND.millis(delivery.sends, random) * 1_000_000;
        deliveries.waitUntil(delivery, now.monotonicNanos() + wait);
      }
    }
  }

  private void release() {
    if (released) {
      return;
    }
    released = true;
    if (fresh.next() == sessionStart) {
      fresh.reset(log.firstSeq(), Long.MAX_VALUE); // nothing was sent yet: all of it in one order
    } else {
      backlog.reset(log.firstSeq(), sessionStart);
    }
  }

  /** Moves what is old at the head of the fresh lane to the backlog. */
  private void split(Now now) {
    if (!released || fresh.peek().filter(batch -> old(batch, now)).isEmpty()) {
      return;
    }
    long durable = log.durableThrough();
    long boundary = durable + 1;
    long from = Math.max(fresh.next(), durable - RECENT + 1);
    for (SignedBatch batch : log.read(from, RECENT, RECENT_BYTES)) {
      if (Delivery.hasSamples(batch) && !old(batch, now)) {
        boundary = batch.id().seq();
        break;
      }
    }
    backlog.reset(backlog.isEmpty() ? fresh.next() : backlog.next(), boundary);
    fresh.reset(boundary, Long.MAX_VALUE);
  }

  private void rewind(long seq) {
    long end = released ? fresh.next() : sessionStart;
    if (backlog.isEmpty()) {
      backlog.reset(seq, end);
    } else {
      backlog.reset(Math.min(seq, backlog.next()), Math.max(end, backlog.end()));
    }
  }

  private boolean settled(long seq) {
    return word.has(seq) || deliveries.tracks(seq) || freeing.refused(seq);
  }

  private boolean old(SignedBatch batch, Now now) {
    return Delivery.hasSamples(batch) && old(batch.header().greatestTimeMillis(), now);
  }

  private boolean old(long greatestTimeMillis, Now now) {
    return terms.stamp(now) - greatestTimeMillis > Lane.BACKLOG_AFTER_MILLIS;
  }

  private Optional<SignedBatch> one(long seq) {
    return log.read(seq, 1, 1).stream().filter(batch -> batch.id().seq() == seq).findFirst();
  }
}
