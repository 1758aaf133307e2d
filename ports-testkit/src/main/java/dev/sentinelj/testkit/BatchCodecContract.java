package dev.sentinelj.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.BatchHeader;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.BatchKind;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.block.Block;
import dev.sentinelj.core.block.Columns;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.wire.MalformedException;
import dev.sentinelj.ports.driven.BatchCodec;
import dev.sentinelj.ports.driven.BatchCodec.Part;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Contract of {@link BatchCodec}. An adapter extends this and supplies a codec. */
public abstract class BatchCodecContract {
  private static final long FROM = 7;
  private static final long T0 = 1_700_000_000_000L;

  private final BatchId id = new BatchId(new EpochId(new AgentId("agent-1"), 0xfedcL), 3);

  protected abstract BatchCodec codec();

  @Test
  void decode_encodedBlocks_givesEqualBlocksInTheSameOrder() {
    List<Block> blocks = List.of(block(1, 1.5, -0.0), block(2, Double.NaN, 7), block(1, 3, 4));
    byte[] body = encode(blocks);

    List<Part> parts = codec().decode(header(body, blocks), body);

    assertThat(parts).extracting(part -> ((Part.Referring) part).block()).isEqualTo(blocks);
  }

  @Test
  void decode_missingCells_stayMissing() {
    Columns columns = new Columns.Builder(2, T0, T0 + 1).set(0, 0, 1).set(1, 1, 2).build();
    List<Block> blocks = List.of(new Block(hash(1), columns));
    byte[] body = encode(blocks);

    Columns decoded = codec().decode(header(body, blocks), body).getFirst().columns();

    assertThat(decoded).isEqualTo(columns);
    assertThat(decoded.samples()).isEqualTo(2);
    assertThat(decoded.present(0, 1)).isFalse();
  }

  @Test
  void decode_noBlocks_givesNoParts() {
    byte[] body = encode(List.of());

    assertThat(codec().decode(header(body, List.of()), body)).isEmpty();
  }

  @Test
  void decode_anotherSampleCountInTheHeader_isMalformed() {
    byte[] body = encode(List.of(block(1, 1, 2)));

    assertMalformed(header(id, FROM, FROM + 3, T0, T0 + 1, body), body);
    assertMalformed(header(id, FROM, FROM + 1, T0, T0 + 1, body), body);
  }

  @Test
  void decode_otherTimesInTheHeader_isMalformed() {
    byte[] body = encode(List.of(block(1, 1, 2)));

    assertMalformed(header(id, FROM, FROM + 2, T0 - 1, T0 + 1, body), body);
    assertMalformed(header(id, FROM, FROM + 2, T0, T0 + 2, body), body);
    assertMalformed(header(id, FROM, FROM + 2, T0, T0, body), body);
  }

  @Test
  void decode_moreCellsThanTheLimitInSeveralBlocks_isMalformed() {
    long[] times = IntStream.range(0, 1_000).mapToLong(i -> T0 + i).toArray();
    Columns columns = new Columns.Builder(600, times).set(0, 0, 1).build();
    List<Block> blocks = Collections.nCopies(2, new Block(hash(1), columns));
    byte[] body = encode(blocks);

    assertMalformed(header(id, FROM, FROM + 2, T0, T0 + 999, body), body);
  }

  @Test
  void decode_anyTruncation_throwsNothingElseThanMalformed() {
    List<Block> blocks = List.of(block(1, 1.25, 2), block(2, Math.PI, Math.E));
    byte[] body = encode(blocks);
    BatchHeader header = header(body, blocks);

    for (int length = 0; length < body.length; length++) {
      byte[] cut = Arrays.copyOf(body, length);
      assertMalformed(header, cut);
    }
  }

  @Test
  void decode_anyBitFlipped_throwsNothingElseThanMalformed() {
    List<Block> blocks = List.of(block(1, 1.25, 2), block(2, Math.PI, Math.E));
    byte[] body = encode(blocks);
    BatchHeader header = header(body, blocks);

    for (int bit = 0; bit < 8 * body.length; bit++) {
      byte[] flipped = body.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      decodesOrIsMalformed(header, flipped);
    }
  }

  @Test
  void decode_randomBytes_throwsNothingElseThanMalformed() {
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 5_000; i++) {
      byte[] body = new byte[random.nextInt(80)];
      random.nextBytes(body);
      decodesOrIsMalformed(header(id, FROM, FROM + 2, T0, T0 + 1, body), body);
    }
  }

  private void decodesOrIsMalformed(BatchHeader header, byte[] body) {
    assertThatCode(
            () -> {
              try {
                codec().decode(header, body);
              } catch (MalformedException e) {
                // One of the two outcomes that the contract allows.
              }
            })
        .doesNotThrowAnyException();
  }

  private void assertMalformed(BatchHeader header, byte[] body) {
    assertThatExceptionOfType(MalformedException.class)
        .isThrownBy(() -> codec().decode(header, body));
  }

  private byte[] encode(List<Block> blocks) {
    return codec().encode(id, FROM, T0 + 5, blocks);
  }

  private BatchHeader header(byte[] body, List<Block> blocks) {
    long samples = blocks.stream().mapToLong(block -> block.columns().samples()).sum();
    long least = blocks.stream().mapToLong(b -> b.columns().leastTimeMillis()).min().orElse(0);
    long greatest =
        blocks.stream().mapToLong(b -> b.columns().greatestTimeMillis()).max().orElse(0);
    return header(id, FROM, FROM + samples, least, greatest, body);
  }

  private static BatchHeader header(
      BatchId id, long from, long to, long least, long greatest, byte[] body) {
    return new BatchHeader(BatchKind.DATA, id, from, to, least, greatest, 0, Sha256.of(body));
  }

  /** One series, a row per value, one millisecond apart from {@link #T0} on. */
  private static Block block(int set, double... values) {
    long[] times = IntStream.range(0, values.length).mapToLong(i -> T0 + i).toArray();
    Columns.Builder columns = new Columns.Builder(1, times);
    for (int row = 0; row < values.length; row++) {
      columns.set(0, row, values[row]);
    }
    return new Block(hash(set), columns.build());
  }

  private static Sha256 hash(int seed) {
    return Sha256.of(new byte[] {(byte) seed});
  }
}
