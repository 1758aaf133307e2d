package dev.sentinelj.testkit;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.BatchHeader;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.BatchKind;
import dev.sentinelj.core.batch.CopiedBatch;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.batch.MovedRecord;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.block.Block;
import dev.sentinelj.core.block.Columns;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.frame.FrameAddress;
import dev.sentinelj.core.metric.Series;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.signing.AgentKey;
import dev.sentinelj.core.signing.KeyId;
import dev.sentinelj.core.signing.Secret;
import dev.sentinelj.core.signing.SigningPolicy;
import dev.sentinelj.ports.driven.BatchCodec;
import dev.sentinelj.ports.driven.PartitionTransaction.LedgerClaim;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/** Fresh agents, and sets, columns and batches signed by a real key. */
public final class TestBatches {
  public static final AgentKey KEY =
      new AgentKey(new KeyId("key-1"), Secret.random(new SplittableRandom(7)));

  private TestBatches() {}

  /** An agent that no other test knows. */
  public static AgentId freshAgent() {
    return new AgentId("agent-" + Long.toHexString(ThreadLocalRandom.current().nextLong()));
  }

  /** An agent that no other test knows, whose batches go to {@code partition}. */
  public static AgentId freshAgent(int partition, int partitions) {
    AgentId agent = freshAgent();
    while (FrameAddress.partitionOf(agent, partitions) != partition) {
      agent = freshAgent();
    }
    return agent;
  }

  /** An epoch that no other test knows, of a new agent. */
  public static EpochId freshEpoch() {
    return freshEpoch(freshAgent());
  }

  public static EpochId freshEpoch(AgentId agent) {
    return new EpochId(agent, ThreadLocalRandom.current().nextLong());
  }

  /** A set of gauges with these names, without labels. */
  public static SeriesSet set(String... names) {
    return SeriesSet.of(Stream.of(names).map(name -> gauge(name, Map.of())).toList());
  }

  /** A gauge in unit 1. */
  public static Series gauge(String name, Map<String, String> labels) {
    return Series.gauge(name, "1", labels);
  }

  /**
   * Columns with every cell present: row r is taken {@code r} times {@code stepMillis} after {@code
   * firstMillis}, and column c has {@code 1000 c + r} there.
   */
  public static Columns columns(int series, int rows, long firstMillis, long stepMillis) {
    long[] times = new long[rows];
    for (int row = 0; row < rows; row++) {
      times[row] = firstMillis + row * stepMillis;
    }
    Columns.Builder columns = new Columns.Builder(series, times);
    for (int column = 0; column < series; column++) {
      for (int row = 0; row < rows; row++) {
        columns.set(column, row, 1_000.0 * column + row);
      }
    }
    return columns.build();
  }

  /** A batch of {@code blocks} as an agent would sign it. */
  public static SignedBatch data(
      BatchCodec codec,
      AgentKey key,
      BatchId id,
      long sampleFrom,
      long createdAtMillis,
      List<Block> blocks) {
    byte[] body = codec.encode(id, sampleFrom, createdAtMillis, blocks);
    long samples = blocks.stream().mapToLong(block -> block.columns().samples()).sum();
    long least =
        blocks.stream().mapToLong(block -> block.columns().leastTimeMillis()).min().orElse(0);
    long greatest =
        blocks.stream().mapToLong(block -> block.columns().greatestTimeMillis()).max().orElse(0);
    BatchHeader header =
        new BatchHeader(
            BatchKind.DATA,
            id,
            sampleFrom,
            sampleFrom + samples,
            least,
            greatest,
            0,
            Sha256.of(body));
    return SigningPolicy.signContent(key, header, body);
  }

  /** A batch that claims {@code samples} samples; its body is {@code bodyBytes} of noise. */
  public static SignedBatch opaque(BatchId id, long samples, int bodyBytes) {
    byte[] body = new byte[bodyBytes];
    new SplittableRandom(id.hashCode()).nextBytes(body);
    BatchHeader header = new BatchHeader(BatchKind.DATA, id, 0, samples, 0, 0, 0, Sha256.of(body));
    return SigningPolicy.signContent(KEY, header, body);
  }

  /** A claim of a batch that is no copy and the first of its epoch. */
  public static LedgerClaim claim(BatchId id, Sha256 contentHash, long samples) {
    return new LedgerClaim(id, contentHash, samples, samples, Optional.empty());
  }

  /** The same batch carried over to another epoch. */
  public static SignedBatch copy(AgentKey key, BatchId id, long sampleFrom, SignedBatch original) {
    byte[] body = new CopiedBatch(original).toBytes();
    BatchHeader own = original.header();
    BatchHeader header =
        new BatchHeader(
            BatchKind.COPY,
            id,
            sampleFrom,
            sampleFrom + own.samples(),
            own.leastTimeMillis(),
            own.greatestTimeMillis(),
            own.clockOffsetMillis(),
            Sha256.of(body));
    return SigningPolicy.signContent(key, header, body);
  }

  /** A signed last word on a closed epoch. */
  public static SignedBatch moved(AgentKey key, BatchId id, long sampleCount, MovedRecord record) {
    byte[] body = record.toBytes();
    BatchHeader header =
        new BatchHeader(BatchKind.MOVED, id, sampleCount, sampleCount, 0, 0, 0, Sha256.of(body));
    return SigningPolicy.signContent(key, header, body);
  }

  /** A signed loss record. */
  public static SignedBatch loss(
      AgentKey key, BatchId id, long sampleCount, LossRecord.Entry... entries) {
    byte[] body = new LossRecord(List.of(entries)).toBytes();
    BatchHeader header =
        new BatchHeader(BatchKind.LOSS, id, sampleCount, sampleCount, 0, 0, 0, Sha256.of(body));
    return SigningPolicy.signContent(key, header, body);
  }
}
