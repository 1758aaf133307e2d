package dev.sentinelj.application.gateway;

import dev.sentinelj.application.status.Counters;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.BatchHeader;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.failpoint.Failpoint;
import dev.sentinelj.core.frame.FrameEntry;
import dev.sentinelj.core.ingest.IngestVerdict;
import dev.sentinelj.core.ingest.RawSubmission;
import dev.sentinelj.core.ingest.Refusal;
import dev.sentinelj.core.ingest.RetryReason;
import dev.sentinelj.core.ingest.Submission;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.replay.AttemptMemory;
import dev.sentinelj.core.replay.ReplayWindow;
import dev.sentinelj.core.session.SessionLimits;
import dev.sentinelj.core.signing.AgentKey;
import dev.sentinelj.core.signing.Envelope;
import dev.sentinelj.core.signing.SigningPolicy;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.core.wire.MalformedException;
import dev.sentinelj.ports.driving.IngestBatches;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Decides about offered batches from header and envelope alone, cheapest check first; no body is
 * parsed. Before the MACs hold nothing changes state, and the answer carries no key.
 *
 * <p>Thread safe: called by every transport thread.
 */
public final class IngestPipeline implements IngestBatches {
  /** More than this between least and greatest sample time would spread over too many chunks. */
  public static final Duration MAX_TIME_SPAN = Duration.ofDays(3);

  /** Attempts remembered after their acknowledgement. */
  public static final int REMEMBERED_ATTEMPTS = 100_000;

  private static final long REGISTRY_DELAY_MILLIS = 5_000;
  private static final long THROTTLED_DELAY_MILLIS = 1_000;

  private final AgentDirectory directory;
  private final FramePublisher publisher;
  private final SessionLimits limits;
  private final ReplayWindow window;
  private final Counters counters;
  private final Attempts attempts = new Attempts(REMEMBERED_ATTEMPTS);

  public IngestPipeline(
      AgentDirectory directory,
      FramePublisher publisher,
      SessionLimits limits,
      ReplayWindow window,
      Counters counters) {
    this.directory = directory;
    this.publisher = publisher;
    this.limits = limits;
    this.window = window;
    this.counters = counters;
  }

  @Override
  public CompletionStage<Answer> ingest(Optional<AgentId> session, RawSubmission raw, Now now) {
    return decide(session, raw, now).thenApply(this::count);
  }

  private CompletionStage<Answer> decide(Optional<AgentId> session, RawSubmission raw, Now now) {
    if (raw.size() > limits.maxBatchBytes()) {
      return refuse(Refusal.TOO_BIG);
    }
    Submission submission;
    try {
      submission = parse(raw);
    } catch (BatchHeader.UnsupportedVersionException e) {
      return refuse(Refusal.UNSUPPORTED_VERSION);
    } catch (MalformedException e) {
      return refuse(Refusal.MALFORMED);
    }
    AgentId agent = submission.batch().id().agent();
    if (session.isPresent() && !session.get().equals(agent)) {
      return refuse(Refusal.AGENT_MISMATCH);
    }
    Envelope envelope = submission.envelope().envelope();
    return directory
        .find(agent, List.of(envelope.key(), envelope.contentKey()), now)
        .thenCompose(found -> onAgent(found, submission, now))
        .thenApply(answer -> session.isPresent() ? answer : heard(agent, answer, now));
  }

  /** Whoever has no session gives no other sign of life. A recorded batch is none. */
  private Answer heard(AgentId agent, Answer answer, Now now) {
    if (answer.key().isPresent() && !(answer.verdict() instanceof IngestVerdict.Skewed)) {
      directory.heard(agent, now);
    }
    return answer;
  }

  private static Submission parse(RawSubmission raw) {
    if (raw.header().length > BatchHeader.MAX_BYTES || raw.envelope().length > Envelope.MAX_BYTES) {
      throw new MalformedException("header or envelope too long");
    }
    BatchHeader.parse(
        raw.header()); // first: its version decides whether anything else is looked at
    Envelope.Signed signed = Envelope.Signed.parse(raw.envelope());
    Envelope envelope = signed.envelope();
    SignedBatch batch =
        SignedBatch.of(raw.header(), raw.body(), envelope.contentKey(), envelope.contentMac());
    return new Submission(batch, signed, raw.attachedSets());
  }

  private CompletionStage<Answer> onAgent(
      AgentDirectory.Answer found, Submission submission, Now now) {
    return switch (found) {
      case AgentDirectory.Answer.Found(AgentDirectory.Keys keys) -> onKeys(keys, submission, now);
      case AgentDirectory.Answer.Unknown() -> refuse(Refusal.UNKNOWN_AGENT);
      case AgentDirectory.Answer.Deleted _ -> refuse(Refusal.DELETED_AGENT);
      case AgentDirectory.Answer.Unavailable() ->
          unsigned(
              new IngestVerdict.Retry(RetryReason.REGISTRY_UNAVAILABLE, REGISTRY_DELAY_MILLIS));
      case AgentDirectory.Answer.Throttled() ->
          unsigned(new IngestVerdict.Retry(RetryReason.RATE_LIMITED, THROTTLED_DELAY_MILLIS));
    };
  }

  private CompletionStage<Answer> onKeys(AgentDirectory.Keys keys, Submission submission, Now now) {
    Envelope envelope = submission.envelope().envelope();
    Optional<AgentKey> signs = keys.ring().forEnvelope(envelope.key(), now.wallMillis());
    Optional<AgentKey> signed = keys.ring().forContent(envelope.contentKey(), now.wallMillis());
    if (signs.isEmpty() || signed.isEmpty()) {
      return refuse(Refusal.UNKNOWN_KEY);
    }
    boolean contentHolds = SigningPolicy.contentHolds(signed.get(), submission.batch());
    boolean envelopeHolds =
        SigningPolicy.envelopeHolds(signs.get(), submission.envelope(), submission.batch());
    if (!contentHolds
        || !envelopeHolds) { // both were computed: which one failed must not show in the time
      return refuse(Refusal.BAD_MAC);
    }
    directory.prove(submission.batch().id().agent(), signs.get().id(), keys, now);
    return onBelieved(submission, now)
        .thenApply(verdict -> new Answer(verdict, Optional.of(signs.get())));
  }

  private CompletionStage<IngestVerdict> onBelieved(Submission submission, Now now) {
    Envelope envelope = submission.envelope().envelope();
    if (!window.admits(envelope.sentAtMillis(), now.wallMillis())) {
      return done(new IngestVerdict.Skewed(now.wallMillis()));
    }
    if (spansTooMuch(submission.batch().header())) {
      return done(new IngestVerdict.Refused(Refusal.TIME_SPAN));
    }
    if (!setsHold(envelope.attached(), submission.attachedSets())) {
      return done(new IngestVerdict.Refused(Refusal.BAD_SET));
    }
    return publish(submission, now);
  }

  private static boolean spansTooMuch(BatchHeader header) {
    long span = header.greatestTimeMillis() - header.leastTimeMillis();
    return span < 0 || span > MAX_TIME_SPAN.toMillis(); // below zero: the difference overflowed
  }

  private static boolean setsHold(List<Sha256> hashes, List<byte[]> sets) {
    if (hashes.size() != sets.size()) {
      return false;
    }
    for (int i = 0; i < sets.size(); i++) {
      byte[] set = sets.get(i);
      if (set.length > SeriesSet.MAX_BYTES || !Sha256.of(set).equals(hashes.get(i))) {
        return false;
      }
    }
    return sets.stream().allMatch(IngestPipeline::isSet);
  }

  private static boolean isSet(byte[] bytes) {
    try {
      SeriesSet.check(bytes);
      return true;
    } catch (MalformedException e) {
      return false;
    }
  }

  private CompletionStage<IngestVerdict> publish(Submission submission, Now now) {
    Failpoint.GATEWAY_BATCH_BELIEVED.hit();
    SignedBatch batch = submission.batch();
    Envelope envelope = submission.envelope().envelope();
    FrameEntry entry =
        new FrameEntry(
            batch, envelope.attempt(), envelope.sentAtMillis(), submission.attachedSets());
    return attempts.once(
        new AttemptMemory.Attempt(batch.id(), envelope.attempt(), envelope.contentHash()),
        () -> publisher.offer(entry, now).thenApply(verdict -> countSamples(verdict, batch)));
  }

  private IngestVerdict countSamples(IngestVerdict verdict, SignedBatch batch) {
    if (verdict instanceof IngestVerdict.Accepted) {
      counters.add("samples_accepted", batch.header().samples());
    }
    return verdict;
  }

  private Answer count(Answer answer) {
    switch (answer.verdict()) {
      case IngestVerdict.Accepted _ -> counters.increment("batches_accepted");
      case IngestVerdict.Retry(RetryReason reason, _) ->
          counters.increment("batches_retry_" + reason.word());
      case IngestVerdict.Skewed _ -> counters.increment("batches_skewed");
      case IngestVerdict.Refused(Refusal reason) ->
          counters.increment("batches_refused_" + reason.word());
    }
    return answer;
  }

  private static CompletionStage<Answer> refuse(Refusal reason) {
    return unsigned(new IngestVerdict.Refused(reason));
  }

  private static CompletionStage<Answer> unsigned(IngestVerdict verdict) {
    return CompletableFuture.completedFuture(new Answer(verdict, Optional.empty()));
  }

  private static CompletionStage<IngestVerdict> done(IngestVerdict verdict) {
    return CompletableFuture.completedFuture(verdict);
  }
}
