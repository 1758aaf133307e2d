package dev.sentinelj.application.agent;

import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.failpoint.Failpoint;
import dev.sentinelj.core.ingest.Refusal;
import dev.sentinelj.core.ingest.Submission;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.signing.AgentKey;
import dev.sentinelj.core.signing.Envelope;
import dev.sentinelj.core.signing.SigningPolicy;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.driven.Uplink;
import java.util.List;
import java.util.random.RandomGenerator;

/** Sends one batch, each time under a new attempt, with the definitions that go beside it. */
final class Sender {

  /** An envelope without attached sets is never longer. */
  private static final int ENVELOPE_BYTES = 512;

  private final ServerTerms terms;
  private final SetBook sets;
  private final GivenUp givenUp;
  private final OwnRows own;
  private final Deliveries deliveries;
  private final RandomGenerator random;

  Sender(
      ServerTerms terms,
      SetBook sets,
      GivenUp givenUp,
      OwnRows own,
      Deliveries deliveries,
      RandomGenerator random) {
    this.terms = terms;
    this.sets = sets;
    this.givenUp = givenUp;
    this.own = own;
    this.deliveries = deliveries;
    this.random = random;
  }

  /** Sends {@code batch}, or gives it up when it is more than any gateway takes. */
  void send(SignedBatch batch, Uplink.Session session, AgentKey key, Now now) {
    long room = terms.limits().maxBatchBytes() - batch.headerBytes().length - batch.bodyLength();
    if (room < ENVELOPE_BYTES && givenUp.add(batch, Refusal.TOO_BIG)) {
      return;
    }
    long roomForSets = room - ENVELOPE_BYTES - Envelope.MAX_ATTACHED * Sha256.BYTES;
    List<SeriesSet> attached = sets.attach(batch, roomForSets, now);
    List<Sha256> hashes = attached.stream().map(SeriesSet::hash).toList();
    long attempt = random.nextLong();
    Envelope.Signed envelope =
        SigningPolicy.signEnvelope(key, batch, attempt, terms.stamp(now), hashes);
    deliveries.sent(batch, attempt, hashes, now.monotonicNanos());
    own.sent(batch.id().seq());
    Failpoint.AGENT_PUSH_BEFORE.hit();
    session.push(
        new Submission(batch, envelope, attached.stream().map(SeriesSet::toBytes).toList()));
    Failpoint.AGENT_PUSH_AFTER.hit();
  }
}
