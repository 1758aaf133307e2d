package dev.sentinelj.core.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sentinelj.core.Mutations;
import dev.sentinelj.core.Samples;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.wire.MalformedException;
import dev.sentinelj.core.wire.WireWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class BatchHeaderTest {
  private static final Sha256 HASH = Sha256.of(Samples.BODY);
  private static final BatchId ID = new BatchId(Samples.EPOCH, 3);

  @ParameterizedTest
  @EnumSource
  void parse_itsBytes_givesTheSameHeader(BatchKind kind) {
    BatchHeader header = new BatchHeader(kind, ID, 1, 9, -5, 5, Long.MIN_VALUE, HASH);

    assertThat(BatchHeader.parse(header.toBytes())).isEqualTo(header);
  }

  @Test
  void toBytes_longestAgentId_staysWithinTheLimit() {
    BatchId id = new BatchId(new EpochId(new AgentId("a".repeat(63)), -1), Long.MAX_VALUE);

    assertThat(new BatchHeader(BatchKind.DATA, id, 0, 0, 0, 0, 0, HASH).toBytes())
        .hasSizeLessThanOrEqualTo(BatchHeader.MAX_BYTES);
  }

  @Test
  void parse_anyOtherLength_isMalformed() {
    Mutations.refusesEveryOtherLength(bytes(), BatchHeader::parse);
  }

  @Test
  void parse_anyBitFlipped_isRefusedOrAnotherHeader() {
    BatchHeader header = BatchHeader.parse(bytes());

    Mutations.survivesEveryBitFlip(
        bytes(), flipped -> assertThat(BatchHeader.parse(flipped)).isNotEqualTo(header));
  }

  @Test
  void parse_anotherVersion_isUnsupportedAndNotMalformed() {
    byte[] bytes = WireWriter.message(BatchHeader.DOMAIN, 2, 32).toBytes();

    assertThatExceptionOfType(BatchHeader.UnsupportedVersionException.class)
        .isThrownBy(() -> BatchHeader.parse(bytes));
  }

  @Test
  void parse_valuesThatNoHeaderMayHave_isMalformed() {
    assertMalformed(fields(0, "agent-1", 1, 0, 0, 0, 0));
    assertMalformed(fields(5, "agent-1", 1, 0, 0, 0, 0));
    assertMalformed(fields(1, "Agent", 1, 0, 0, 0, 0));
    assertMalformed(fields(1, "agent-1", 0, 0, 0, 0, 0));
    assertMalformed(fields(1, "agent-1", 1, -1, 0, 0, 0));
    assertMalformed(fields(1, "agent-1", 1, 5, 4, 0, 0));
    assertMalformed(fields(1, "agent-1", 1, 0, 0, 5, 4));
    assertThat(BatchHeader.parse(fields(1, "agent-1", 1, 0, 0, 0, 0)).samples()).isZero();
  }

  @Test
  void new_countsOrTimesRunningBackwards_throws() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BatchHeader(BatchKind.DATA, ID, 2, 1, 0, 0, 0, HASH));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BatchHeader(BatchKind.DATA, ID, 0, 1, 1, 0, 0, HASH));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "0", "host-1.example_x", "a23456789"})
  void agentId_goodForms_areTaken(String id) {
    assertThat(new AgentId(id)).hasToString(id);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-a", ".a", "A", "a/b", "a b", "a\n", "\u00e4"})
  void agentId_badForms_throw(String id) {
    assertThatIllegalArgumentException().isThrownBy(() -> new AgentId(id));
    assertThatIllegalArgumentException().isThrownBy(() -> new AgentId("a".repeat(64)));
  }

  @Test
  void epochId_toString_isAgentAndSixteenDigits() {
    assertThat(new BatchId(new EpochId(Samples.AGENT, 0xabc), 7))
        .hasToString("agent-1/0000000000000abc/7");
  }

  @Test
  void lane_sixtySeconds_isFreshAndOneMillisecondMoreIsBacklog() {
    assertThat(Lane.of(60_000, 0)).isEqualTo(Lane.FRESH);
    assertThat(Lane.of(60_001, 0)).isEqualTo(Lane.BACKLOG);
    assertThat(Lane.of(0, 60_000)).isEqualTo(Lane.FRESH);
    assertThat(Lane.of(0, Long.MAX_VALUE)).isEqualTo(Lane.FRESH);
    assertThat(Lane.of(Samples.T0, Long.MIN_VALUE)).isEqualTo(Lane.BACKLOG);
    assertThat(Lane.ofCode(Lane.BACKLOG.code())).isEqualTo(Lane.BACKLOG);
    assertThat(Lane.ofCode(Lane.FRESH.code())).isEqualTo(Lane.FRESH);
    assertThatIllegalArgumentException().isThrownBy(() -> Lane.ofCode(2));
  }

  private static byte[] bytes() {
    return Samples.header(3, Samples.BODY).toBytes();
  }

  private static void assertMalformed(byte[] bytes) {
    assertThatExceptionOfType(MalformedException.class).isThrownBy(() -> BatchHeader.parse(bytes));
  }

  private static byte[] fields(
      int kind, String agent, long seq, long from, long to, long least, long greatest) {
    return WireWriter.message(BatchHeader.DOMAIN, 1, 128)
        .u8(kind)
        .text(agent)
        .i64(1)
        .i64(seq)
        .i64(from)
        .i64(to)
        .i64(least)
        .i64(greatest)
        .i64(0)
        .hash(HASH)
        .toBytes();
  }
}
