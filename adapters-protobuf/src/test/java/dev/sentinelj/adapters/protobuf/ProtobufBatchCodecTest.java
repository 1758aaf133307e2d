package dev.sentinelj.adapters.protobuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.BatchHeader;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.BatchKind;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.wire.MalformedException;
import dev.sentinelj.ports.driven.BatchCodec;
import dev.sentinelj.proto.Batch;
import dev.sentinelj.testkit.BatchCodecContract;
import org.junit.jupiter.api.Test;

class ProtobufBatchCodecTest extends BatchCodecContract {
  private static final BatchId ID = new BatchId(new EpochId(new AgentId("agent-1"), 7), 3);

  private final BatchCodec codec = new ProtobufBatchCodec();

  @Override
  protected BatchCodec codec() {
    return codec;
  }

  @Test
  void decode_bodyThatRepeatsItsHeader_isRead() {
    byte[] body = empty().setAgentId("agent-1").setSeqStart(40).setSeqEnd(40).build().toByteArray();

    assertThat(codec.decode(header(body), body)).isEmpty();
  }

  @Test
  void decode_bodyOfAnotherAgent_isMalformed() {
    assertMalformed(empty().setAgentId("agent-2"));
  }

  @Test
  void decode_bodyOfAnotherSampleRange_isMalformed() {
    assertMalformed(empty().setSeqStart(39).setSeqEnd(39));
    assertMalformed(empty().setSeqStart(40).setSeqEnd(41));
    assertMalformed(empty().setSeqEnd(40));
  }

  private void assertMalformed(Batch.Builder batch) {
    byte[] body = batch.build().toByteArray();

    assertThatExceptionOfType(MalformedException.class)
        .isThrownBy(() -> codec.decode(header(body), body));
  }

  private static Batch.Builder empty() {
    return Batch.newBuilder().setCreatedAtMs(5);
  }

  private static BatchHeader header(byte[] body) {
    return new BatchHeader(BatchKind.DATA, ID, 40, 40, 0, 0, 0, Sha256.of(body));
  }
}
