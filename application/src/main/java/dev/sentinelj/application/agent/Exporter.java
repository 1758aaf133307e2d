package dev.sentinelj.application.agent;

import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.ingest.Refusal;
import dev.sentinelj.core.session.Downlink;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.BatchCodec;
import dev.sentinelj.ports.driven.BatchLog;
import dev.sentinelj.ports.driven.RefusedBatches;
import dev.sentinelj.ports.driven.Uplink;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Ships the log to a gateway: keeps a session open, sends in order, sends again on evidence, and
 * deletes what the database has.
 *
 * <p>Nothing here blocks but reading the log. Not thread safe: everything is called on the mailbox
 * given, which runs one task at a time and none inside another; what the uplink says comes back
 * through it. Longer than most files because whatever a gateway may say has its place here.
 */
public final class Exporter {

  private final AgentIdentity identity;
  private final BatchLog log;
  private final ServerTerms terms;
  private final ExporterOptions options;
  private final Supplier<Now> clock;
  private final Connection connection;
  private final Succession succession;
  private final SetBook sets;
  private final CommittedWord word = new CommittedWord();
  private final ShippedCounts counts;
  private final VanishedPrefix vanished;
  private final SegmentFreeing freeing;
  private final OwnRows own;
  private final Outbound outbound;

  /** For good: what we append later under a seq that was taken does not make it ours. */
  private boolean forked;

  private String lastError = "";

  /** Where the session stands. */
  public enum State {
    /** Between two tries. */
    WAITING,
    CONNECTING,
    OPEN,
    /** For good: closed, or the agent was deleted. */
    STOPPED
  }

  /**
   * How shipping goes.
   *
   * @param offsetMillis what is added to the agent's clock
   * @param oldestUnsentMillis age of the oldest batch that no gateway has accepted; 0 without one
   * @param inFlight batches without an answer
   * @param accepted batches taken by a gateway since the start, repeats included
   * @param resent batches sent again within a session since the start
   * @param refused batches refused for good since the start
   * @param committedThrough every seq up to it is committed by the latest word
   * @param freedSegments segments deleted since the start
   * @param forked whether the database met another content under an id of ours
   * @param lastError one line, empty when there was none
   */
  public record Status(
      State state,
      long offsetMillis,
      long oldestUnsentMillis,
      int inFlight,
      long accepted,
      long resent,
      long refused,
      long committedThrough,
      long freedSegments,
      boolean forked,
      String lastError) {}

  /**
   * @param succession hears what is said of former logs; while there is one nothing is deleted,
   *     because what is copied already is told by the copies
   * @param counts goes on counting what the exporters of former logs counted
   * @param random gives attempts and back-offs
   * @param mailbox where events of the uplink come back to
   * @param clock read once per event
   */
  Exporter(
      AgentIdentity identity,
      BatchLog log,
      BatchCodec codec,
      Uplink uplink,
      RefusedBatches refused,
      LossWriter losses,
      Succession succession,
      ServerTerms terms,
      ExporterOptions options,
      ShippedCounts counts,
      RandomGenerator random,
      Executor mailbox,
      Supplier<Now> clock) {
    this.identity = identity;
    this.succession = succession;
    this.log = log;
    this.terms = terms;
    this.options = options;
    this.connection = new Connection(uplink, mailbox, random);
    this.clock = clock;
    this.sets = new SetBook(log, codec);
    this.counts = counts;
    this.vanished = new VanishedPrefix(log, losses, options.prefixLostAfter());
    GivenUp givenUp = new GivenUp(log, refused, losses, counts);
    this.freeing = new SegmentFreeing(log, givenUp, counts, random);
    this.own = new OwnRows(log, givenUp);
    this.outbound = new Outbound(log, terms, sets, word, givenUp, own, options, counts, random);
  }

  /** Does what time asks for. Call it often: nothing is sent later than the next call. */
  public void poll(Now now) {
    switch (connection.state()) {
      case WAITING -> {
        if (connection.due(now)) {
          connect(now);
        }
      }
      case CONNECTING -> {
        if (connection.sinceMillis(now) >= options.answerWithin().toMillis()) {
          abandon("the gateway did not answer the handshake", now);
        }
      }
      case OPEN -> reading(() -> pollSession(now), now);
      case STOPPED -> {}
    }
  }

  /** Ends the session and opens no other. */
  public void close() {
    connection.stop();
    sessionEnded();
  }

  public Status status(Now now) {
    return new Status(
        connection.state(),
        terms.offsetMillis(),
        oldestUnsentMillis(now),
        outbound.inFlight(),
        counts.accepted,
        counts.resent,
        counts.refused,
        word.through(),
        counts.freedSegments,
        forked,
        lastError);
  }

  private long oldestUnsentMillis(Now now) {
    try {
      return outbound.oldestUnsentMillis(now);
    } catch (PortUnavailableException _) {
      return 0; // the session tells what is wrong
    }
  }

  /**
   * Whether somebody else wrote under the epoch of this log, or it was closed: a mark lies where we
   * have not been yet, or the ledger holds other contents than we do.
   */
  boolean forked() {
    return forked;
  }

  boolean stopped() {
    return connection.state() == State.STOPPED;
  }

  /** The session while it is open. */
  Uplink.@Nullable Session openSession() {
    return connection.open();
  }

  private void connect(Now now) {
    Uplink.Opening opening =
        new Uplink.Opening(
            new EpochId(identity.id(), log.epoch()),
            identity.key().get(),
            identity.version(),
            log.nextSeq(),
            terms.stamp(now));
    connection.connect(opening, this::heard, now);
  }

  private void heard(Downlink event) {
    Now now = clock.get();
    reading(() -> on(event, now), now);
  }

  /** What a session does without its log means nothing: it is begun anew when the log is back. */
  private void reading(Runnable step, Now now) {
    try {
      step.run();
    } catch (PortUnavailableException e) {
      abandon("the log cannot be read: " + e.getMessage(), now);
    }
  }

  private void on(Downlink event, Now now) {
    switch (event) {
      case Downlink.Opened opened -> onOpened(opened, now);
      case Downlink.Accepted(long epoch, long seq, long attempt, var receipt) -> {
        if (epoch == log.epoch()) {
          outbound.accepted(seq, attempt, receipt, now);
        }
      }
      case Downlink.Progress(var committed) -> {
        if (committed.progress().epoch().equals(new EpochId(identity.id(), log.epoch()))) {
          outbound.progress(committed, now);
          vanished.heard(word, now);
          forked |= word.givenUp() || word.greatest() >= log.nextSeq();
        }
      }
      case Downlink.RetryLater(long epoch, long seq, long attempt, var reason, long delay) -> {
        if (epoch == log.epoch()) {
          lastError = "the gateway asks to wait: " + reason.word();
          outbound.retryLater(seq, attempt, reason, delay, now);
        }
      }
      case Downlink.Refused refused -> onRefused(refused, now);
      case Downlink.Skewed(long serverMillis) -> onSkewed(serverMillis, now);
      case Downlink.SetsNeeded(var hashes) -> sets.asked(hashes);
      case Downlink.EpochClosed(long epoch) -> succession.closed(epoch);
      case Downlink.Reconciled(var answer) -> {
        succession.answered(answer, now);
        outbound.missing(freeing.answered(answer, now));
        outbound.missing(own.answered(answer));
        forked |= freeing.forked() || own.foreign();
      }
      case Downlink.Closed(var why, String reason) -> onClosed(why, reason, now);
    }
    pump(now);
  }

  private void onOpened(Downlink.Opened opened, Now now) {
    connection.opened(now);
    terms.adopt(opened.limits());
    terms.adopt(opened.serverMillis(), now);
    outbound.opened(now);
  }

  private void onSkewed(long serverMillis, Now now) {
    if (terms.adopt(serverMillis, now)) {
      connection.clockCorrected();
      outbound.clockChanged(now);
    }
  }

  private void onRefused(Downlink.Refused refused, Now now) {
    if (refused.epoch() != log.epoch()) {
      return;
    }
    boolean settled = outbound.refused(refused.seq(), refused.attempt(), refused.reason(), now);
    lastError = "batch " + refused.seq() + " was refused: " + refused.reason().word();
    if (refused.reason() == Refusal.DELETED_AGENT) {
      close();
    } else if (!settled && !ofTheBatch(refused.reason())) {
      tryAgain(Connection.REFUSED, now);
    }
  }

  /** Whether another batch may be taken all the same: then only this one waits. */
  private static boolean ofTheBatch(Refusal reason) {
    return switch (reason) {
      case TOO_BIG, MALFORMED, UNSUPPORTED_VERSION, TIME_SPAN, BAD_SET -> true;
      case UNKNOWN_AGENT, DELETED_AGENT, UNKNOWN_KEY, BAD_MAC, OUTSIDE_WINDOW, AGENT_MISMATCH ->
          false;
    };
  }

  private void onClosed(Downlink.CloseReason why, String reason, Now now) {
    lastError = reason;
    boolean refused = why == Downlink.CloseReason.REFUSED && !connection.isClockCorrected();
    tryAgain(refused ? Connection.REFUSED : Connection.LOST, now);
  }

  private void abandon(String reason, Now now) {
    lastError = reason;
    tryAgain(Connection.LOST, now);
  }

  private void tryAgain(Backoff backoff, Now now) {
    connection.end();
    sessionEnded();
    connection.retry(backoff, now);
  }

  private void sessionEnded() {
    outbound.ended();
    vanished.sessionEnded();
    freeing.sessionEnded();
  }

  private void pollSession(Now now) {
    if (outbound.stuck(now)) {
      abandon("the gateway did not answer a batch", now);
      return;
    }
    connection.heartbeat(terms.limits().heartbeatMillis(), terms.stamp(now), now);
    vanished.poll(word, now);
    outbound.poll(now);
    pump(now);
    Uplink.Session session = connection.open();
    if (session != null && succession.done()) {
      freeing.question(word, now).ifPresent(session::reconcile);
    }
  }

  private void pump(Now now) {
    Uplink.Session session = connection.open();
    if (session != null && !forked) {
      own.question(word, session, now).ifPresent(session::reconcile);
      outbound.pump(session, identity.key().get(), now);
    }
  }
}
