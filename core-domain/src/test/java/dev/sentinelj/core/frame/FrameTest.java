package dev.sentinelj.core.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sentinelj.core.Mutations;
import dev.sentinelj.core.Samples;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.signing.MacKey;
import dev.sentinelj.core.signing.Purpose;
import dev.sentinelj.core.wire.MalformedException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class FrameTest {
  private static final FrameAddress ADDRESS = new FrameAddress(3, Lane.FRESH);

  private final MacKey clusterKey = MacKey.derive(Samples.secret(7), Purpose.FRAME);
  private final byte[] set = Samples.set().toBytes();
  private final Frame.Batches batches =
      new Frame.Batches(
          List.of(
              new FrameEntry(Samples.batch(3), -1, Samples.T0, List.of(set)),
              new FrameEntry(Samples.batch(4), 5, Samples.T0 + 1, List.of())));

  @Test
  void open_sealedBatches_givesThemBackInOrder() {
    Frame.Batches opened = (Frame.Batches) open(sealed(), ADDRESS);

    assertThat(opened.entries()).hasSize(2);
    FrameEntry first = opened.entries().getFirst();
    assertThat(first.attempt()).isEqualTo(-1);
    assertThat(first.sentAtMillis()).isEqualTo(Samples.T0);
    assertThat(first.batch().headerBytes()).isEqualTo(Samples.batch(3).headerBytes());
    assertThat(first.batch().body()).isEqualTo(Samples.BODY);
    assertThat(first.sets()).singleElement().isEqualTo(set);
    assertThat(opened.entries().getLast().batch().id().seq()).isEqualTo(4);
  }

  @Test
  void open_sealedTick_givesItBack() {
    byte[] sealed = Frame.seal(new Frame.Tick(1_700_000_000L), ADDRESS, clusterKey);

    assertThat(open(sealed, ADDRESS)).isEqualTo(new Frame.Tick(1_700_000_000L));
  }

  @Test
  void open_atAnotherAddress_isMalformed() {
    assertMalformed(sealed(), new FrameAddress(4, Lane.FRESH));
    assertMalformed(sealed(), new FrameAddress(3, Lane.BACKLOG));
  }

  @Test
  void open_underAnotherKey_isMalformed() {
    MacKey other = MacKey.derive(Samples.secret(8), Purpose.FRAME);

    assertThatExceptionOfType(MalformedException.class)
        .isThrownBy(() -> Frame.open(sealed(), ADDRESS, other));
  }

  @Test
  void open_anyBitFlipped_isMalformed() {
    Mutations.everyBitFlip(sealed(), flipped -> assertMalformed(flipped, ADDRESS));
  }

  @Test
  void open_anyOtherLength_isMalformed() {
    Mutations.refusesEveryOtherLength(sealed(), bytes -> open(bytes, ADDRESS));
  }

  @Test
  void open_anyPrefixUnderARightMac_isMalformed() {
    byte[] sealed = sealed();
    for (int length = 0; length < sealed.length - 32; length++) {
      byte[] prefix = Arrays.copyOf(sealed, length);
      byte[] resealed = Arrays.copyOf(prefix, length + 32);
      System.arraycopy(clusterKey.sign(prefix).toBytes(), 0, resealed, length, 32);

      assertMalformed(resealed, ADDRESS);
    }
  }

  @Test
  void batches_noneOrTooMany_throws() {
    assertThatIllegalArgumentException().isThrownBy(() -> new Frame.Batches(List.of()));
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            new Frame.Batches(java.util.Collections.nCopies(4_097, batches.entries().getFirst())));
  }

  @Test
  void partitionOf_knownAgents_neverChanges() {
    assertThat(FrameAddress.partitionOf(new AgentId("agent-1"), 32)).isEqualTo(12);
    assertThat(FrameAddress.partitionOf(new AgentId("agent-2"), 32)).isEqualTo(23);
    assertThat(FrameAddress.partitionOf(new AgentId("web-07.example"), 32)).isEqualTo(14);
    assertThat(FrameAddress.partitionOf(new AgentId("agent-1"), 4)).isEqualTo(12 % 4);
    assertThat(FrameAddress.partitionOf(new AgentId("agent-1"), 1)).isZero();
  }

  @Test
  void address_outOfRange_throws() {
    assertThatIllegalArgumentException().isThrownBy(() -> new FrameAddress(-1, Lane.FRESH));
    assertThatIllegalArgumentException().isThrownBy(() -> new FrameAddress(1_024, Lane.FRESH));
  }

  private byte[] sealed() {
    return Frame.seal(batches, ADDRESS, clusterKey);
  }

  private Frame open(byte[] sealed, FrameAddress address) {
    return Frame.open(sealed, address, clusterKey);
  }

  private void assertMalformed(byte[] sealed, FrameAddress address) {
    assertThatExceptionOfType(MalformedException.class).isThrownBy(() -> open(sealed, address));
  }
}
