package dev.sentinelj.testkit;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.BatchHeader;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.BatchKind;
import dev.sentinelj.core.batch.CopiedBatch;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.LossReason;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.signing.AgentKey;
import dev.sentinelj.core.signing.KeyId;
import dev.sentinelj.core.signing.Secret;
import dev.sentinelj.core.signing.SigningPolicy;
import java.util.List;
import java.util.SplittableRandom;

/** Signed batches for tests: ten samples each, bodies of any length, one fixed key. */
public final class SignedBatches {
  /** How many samples the header of each batch claims. */
  public static final int SAMPLES = 10;

  public static final AgentId AGENT = new AgentId("agent-1");
  public static final AgentKey KEY =
      new AgentKey(new KeyId("key-1"), Secret.random(new SplittableRandom(7)));

  private SignedBatches() {}

  /** A batch of data whose body is {@code bodyBytes} long and depends on epoch and seq alone. */
  public static SignedBatch data(long epoch, long seq, int bodyBytes) {
    byte[] body = new byte[bodyBytes];
    new SplittableRandom(epoch * 31 + seq).nextBytes(body);
    return sign(BatchKind.DATA, epoch, seq, SAMPLES * (seq - 1), SAMPLES * seq, body);
  }

  /** A loss record that stands at {@code seq} and says that {@code lost} was torn. */
  public static SignedBatch torn(long epoch, long seq, long sampleCount, long lost) {
    LossRecord.Entry entry = new LossRecord.Entry(lost, lost, 0, LossReason.TORN);
    return losses(epoch, seq, sampleCount, List.of(entry));
  }

  /** A loss record that stands at {@code seq}. */
  public static SignedBatch losses(
      long epoch, long seq, long sampleCount, List<LossRecord.Entry> entries) {
    byte[] body = new LossRecord(entries).toBytes();
    return sign(BatchKind.LOSS, epoch, seq, sampleCount, sampleCount, body);
  }

  /** A copy of {@code original} that stands at {@code seq}. */
  public static SignedBatch copy(long epoch, long seq, long sampleCount, SignedBatch original) {
    byte[] body = new CopiedBatch(original).toBytes();
    BatchHeader own = original.header();
    BatchHeader header =
        new BatchHeader(
            BatchKind.COPY,
            new BatchId(new EpochId(AGENT, epoch), seq),
            sampleCount,
            sampleCount + own.samples(),
            own.leastTimeMillis(),
            own.greatestTimeMillis(),
            own.clockOffsetMillis(),
            Sha256.of(body));
    return SigningPolicy.signContent(KEY, header, body);
  }

  private static SignedBatch sign(
      BatchKind kind, long epoch, long seq, long sampleFrom, long sampleTo, byte[] body) {
    BatchId id = new BatchId(new EpochId(AGENT, epoch), seq);
    long time = kind == BatchKind.DATA ? 1_700_000_000_000L + seq : 0;
    BatchHeader header =
        new BatchHeader(kind, id, sampleFrom, sampleTo, time, time, 0, Sha256.of(body));
    return SigningPolicy.signContent(KEY, header, body);
  }
}
