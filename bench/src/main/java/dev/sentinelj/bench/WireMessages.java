package dev.sentinelj.bench;

import com.google.protobuf.ByteString;
import dev.sentinelj.adapters.protobuf.ProtobufBatchCodec;
import dev.sentinelj.core.batch.BatchHeader;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.block.Block;
import dev.sentinelj.core.block.Columns;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.metric.Series;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.signing.AgentKey;
import dev.sentinelj.core.signing.SigningPolicy;
import dev.sentinelj.ports.driven.BatchCodec;
import dev.sentinelj.proto.AgentMessage;
import dev.sentinelj.proto.Batch;
import dev.sentinelj.proto.Metric;
import dev.sentinelj.proto.MetricType;
import dev.sentinelj.proto.Push;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** What a batch is on the stream: the message {@code Push} as the uplink of the agent builds it. */
final class WireMessages {
  /** Length prefix and compression flag of gRPC. */
  static final int GRPC_FRAME_BYTES = 5;

  private static final ProtobufBatchCodec CODEC = new ProtobufBatchCodec();

  private final AgentKey key;
  private final RandomGenerator random;

  WireMessages(AgentKey key, RandomGenerator random) {
    this.key = key;
    this.random = random;
  }

  /** Bytes of one message and of its parts. */
  record Sizes(int message, int header, int envelope, int body, int sets) {}

  static List<Block> blocks(SignedBatch batch) {
    return CODEC.decode(batch.header(), batch.body()).stream()
        .map(part ->
            switch (part) {
              case BatchCodec.Part.Referring(Block block) -> block;
              case BatchCodec.Part.Spelled _ ->
                  throw new IllegalStateException("an agent spells no series");
            })
        .toList();
  }

  /** {@code batch} with these definitions beside it, signed for sending. */
  Sizes columnar(SignedBatch batch, List<SeriesSet> attached) {
    List<Sha256> hashes = attached.stream().map(SeriesSet::hash).toList();
    byte[] envelope =
        SigningPolicy.signEnvelope(
                key, batch, random.nextLong(), batch.header().greatestTimeMillis(), hashes)
            .toBytes();
    Push.Builder push =
        Push.newBuilder()
            .setHeader(ByteString.copyFrom(batch.headerBytes()))
            .setEnvelope(ByteString.copyFrom(envelope))
            .setBody(ByteString.copyFrom(batch.body()));
    int sets = 0;
    for (SeriesSet set : attached) {
      push.addSets(ByteString.copyFrom(set.toBytes()));
      sets += set.toBytes().length;
    }
    byte[] message = AgentMessage.newBuilder().setPush(push).build().toByteArray();
    return new Sizes(
        GRPC_FRAME_BYTES + message.length,
        batch.headerBytes().length,
        envelope.length,
        batch.bodyLength(),
        sets);
  }

  /** The same samples as plain metrics, signed anew. */
  Sizes plain(SignedBatch batch, Map<Sha256, SeriesSet> sets) {
    BatchHeader header = batch.header();
    Batch.Builder body =
        Batch.newBuilder()
            .setAgentId(header.id().agent().value())
            .setBatchId(EpochId.hex(header.id().epoch().epoch()) + "-" + header.id().seq())
            .setSeqStart(header.sampleFrom())
            .setSeqEnd(header.sampleTo())
            .setCreatedAtMs(header.greatestTimeMillis());
    for (Block block : blocks(batch)) {
      SeriesSet set = sets.get(block.set());
      if (set == null) {
        throw new IllegalStateException("a block of no set that was read");
      }
      addMetrics(body, set, block.columns());
    }
    byte[] bytes = body.build().toByteArray();
    BatchHeader renamed =
        new BatchHeader(
            header.kind(),
            header.id(),
            header.sampleFrom(),
            header.sampleTo(),
            header.leastTimeMillis(),
            header.greatestTimeMillis(),
            header.clockOffsetMillis(),
            Sha256.of(bytes));
    return columnar(SigningPolicy.signContent(key, renamed, bytes), List.of());
  }

  private static void addMetrics(Batch.Builder body, SeriesSet set, Columns columns) {
    for (int column = 0; column < columns.series(); column++) {
      Series series = set.series().get(column);
      for (int row = 0; row < columns.rows(); row++) {
        if (columns.present(column, row)) {
          body.addMetrics(
              Metric.newBuilder()
                  .setName(series.name())
                  .putAllLabels(series.labels())
                  .setRtype(MetricType.forNumber(series.type().code()))
                  .setUnit(series.unit())
                  .setValueDouble(columns.value(column, row))
                  .setTimestampMs(columns.timeMillis(row)));
        }
      }
    }
  }
}
