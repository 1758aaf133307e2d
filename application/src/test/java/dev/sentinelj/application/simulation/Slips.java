package dev.sentinelj.application.simulation;

import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.ingest.Submission;
import dev.sentinelj.core.progress.Committed;
import dev.sentinelj.core.session.Downlink;
import dev.sentinelj.core.session.ReconcileAnswer;
import dev.sentinelj.core.session.ReconcileQuery;
import dev.sentinelj.core.signing.AgentKey;
import dev.sentinelj.core.signing.Envelope;
import dev.sentinelj.core.signing.SigningPolicy;
import dev.sentinelj.ports.driven.Uplink;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Between an agent and its uplink, through all its lives: does wrong what a bug says. */
final class Slips {
  private final Sabotage bug;
  private final AgentKey key;

  /** The first attempt of each batch, and the one that the agent waits for. */
  private final Map<Sha256, Long> firstAttempts = new HashMap<>();

  private final Map<Long, Long> awaited = new HashMap<>();
  private final Set<Sha256> sent = new HashSet<>();

  Slips(Sabotage bug, AgentKey key) {
    this.bug = bug;
    this.key = key;
  }

  Uplink.Session open(Uplink uplink, Uplink.Opening opening, Consumer<Downlink> events) {
    return new Slipping(
        uplink.open(opening, event -> events.accept(renewed(event))), opening, events);
  }

  private Downlink renewed(Downlink event) {
    return switch (event) {
      case Downlink.Accepted(long epoch, long seq, long attempt, var receipt) ->
          new Downlink.Accepted(epoch, seq, awaited.getOrDefault(attempt, attempt), receipt);
      case Downlink.RetryLater(long epoch, long seq, long attempt, var reason, long delay) ->
          new Downlink.RetryLater(
              epoch, seq, awaited.getOrDefault(attempt, attempt), reason, delay);
      case Downlink.Progress(Committed word) when bug == Sabotage.EVIDENCE_NOT_HEARD ->
          new Downlink.Progress(new Committed(word.progress(), word.parked(), List.of()));
      default -> event;
    };
  }

  private Submission sameAttempt(Submission submission) {
    long attempt = submission.envelope().envelope().attempt();
    long first = firstAttempts.computeIfAbsent(submission.batch().contentHash(), _ -> attempt);
    awaited.put(first, attempt);
    return signed(
        submission, first, submission.envelope().envelope().attached(), submission.attachedSets());
  }

  private Submission eachSetOnce(Submission submission) {
    List<Sha256> hashes = new ArrayList<>();
    List<byte[]> sets = new ArrayList<>();
    List<Sha256> attached = submission.envelope().envelope().attached();
    for (int i = 0; i < attached.size(); i++) {
      if (sent.add(attached.get(i))) {
        hashes.add(attached.get(i));
        sets.add(submission.attachedSets().get(i));
      }
    }
    return signed(submission, submission.envelope().envelope().attempt(), hashes, sets);
  }

  private Submission signed(
      Submission submission, long attempt, List<Sha256> hashes, List<byte[]> sets) {
    SignedBatch batch = submission.batch();
    long sentAt = submission.envelope().envelope().sentAtMillis();
    Envelope.Signed envelope = SigningPolicy.signEnvelope(key, batch, attempt, sentAt, hashes);
    return new Submission(batch, envelope, sets);
  }

  private final class Slipping implements Uplink.Session {
    private final Uplink.Session session;
    private final Uplink.Opening opening;
    private final Consumer<Downlink> events;

    Slipping(Uplink.Session session, Uplink.Opening opening, Consumer<Downlink> events) {
      this.session = session;
      this.opening = opening;
      this.events = events;
    }

    @Override
    public void push(Submission submission) {
      session.push(
          switch (bug) {
            case ATTEMPT_NOT_RENEWED -> sameAttempt(submission);
            case SET_DROPPED_AFTER_FIRST_SEND -> eachSetOnce(submission);
            default -> submission;
          });
    }

    @Override
    public boolean ready() {
      return session.ready();
    }

    @Override
    public void heartbeat(long sentAtMillis) {
      session.heartbeat(sentAtMillis);
    }

    @Override
    public void reconcile(ReconcileQuery query) {
      if (bug == Sabotage.SEGMENT_FREED_BY_RANGES && query.epoch() == opening.epoch().epoch()) {
        events.accept(
            new Downlink.Reconciled(
                new ReconcileAnswer.Equal(query.epoch(), query.from(), query.to())));
      } else {
        session.reconcile(query);
      }
    }

    @Override
    public void closeEpoch(long epoch) {
      if (bug == Sabotage.COPY_WITHOUT_CLOSING) {
        events.accept(new Downlink.EpochClosed(epoch));
      } else {
        session.closeEpoch(epoch);
      }
    }

    @Override
    public void close() {
      session.close();
    }
  }
}
