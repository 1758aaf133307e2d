package dev.sentinelj.adapters.grpc;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.BatchHeader;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.BatchKind;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.ingest.RawSubmission;
import dev.sentinelj.core.session.Hello;
import dev.sentinelj.core.signing.AgentKey;
import dev.sentinelj.core.signing.Envelope;
import dev.sentinelj.core.signing.KeyId;
import dev.sentinelj.core.signing.Secret;
import dev.sentinelj.core.signing.SigningPolicy;
import java.util.List;
import java.util.SplittableRandom;

/** What one agent sends, as bytes. */
final class Sendings {
  static final AgentKey KEY = new AgentKey(new KeyId("k1"), Secret.random(new SplittableRandom(1)));
  static final EpochId EPOCH = new EpochId(new AgentId("a1"), -5);
  static final long SENT_AT = 1_750_000_000_000L;

  private Sendings() {}

  /** A batch whose attempt is 100 more than its seq, without attached sets. */
  static RawSubmission raw(long seq, byte[] body) {
    BatchId id = new BatchId(EPOCH, seq);
    BatchHeader header =
        new BatchHeader(BatchKind.DATA, id, seq - 1, seq, SENT_AT, SENT_AT, 0, Sha256.of(body));
    SignedBatch batch = SigningPolicy.signContent(KEY, header, body);
    Envelope.Signed envelope =
        SigningPolicy.signEnvelope(KEY, batch, seq + 100, SENT_AT, List.of());
    return new RawSubmission(batch.headerBytes(), envelope.toBytes(), body, List.of());
  }

  static Hello hello() {
    return Hello.sign(KEY, EPOCH, "1", new byte[Hello.NONCE_BYTES], SENT_AT, 1);
  }
}
