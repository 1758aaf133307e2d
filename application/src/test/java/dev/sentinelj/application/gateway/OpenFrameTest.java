package dev.sentinelj.application.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.application.gateway.OpenFrame.Pending;
import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.frame.Frame;
import dev.sentinelj.core.frame.FrameAddress;
import dev.sentinelj.core.frame.FrameEntry;
import dev.sentinelj.core.ingest.IngestVerdict;
import dev.sentinelj.testkit.SignedBatches;
import java.util.List;
import org.junit.jupiter.api.Test;

class OpenFrameTest {
  private final OpenFrame frame = new OpenFrame(new FrameAddress(0, Lane.FRESH), 5);

  @Test
  void bytes_countBodiesSetsAndWhatAFrameAdds() {
    Pending plain = Pending.of(entry(1, 100, List.of()));
    Pending withSets = Pending.of(entry(1, 100, List.of(new byte[10], new byte[20])));

    frame.add(plain);
    frame.add(withSets);

    assertThat(plain.bytes()).isGreaterThan(100);
    assertThat(withSets.bytes() - plain.bytes()).isEqualTo(30 + 2 * Integer.BYTES);
    assertThat(frame.bytes()).isEqualTo(plain.bytes() + withSets.bytes());
  }

  @Test
  void takes_upToTheTarget() {
    int overhead = (int) Pending.of(entry(1, 0, List.of())).bytes();
    frame.add(Pending.of(entry(1, Frame.TARGET_BYTES - 1_000 - overhead, List.of())));

    assertThat(frame.takes(Pending.of(entry(2, 1_000 - overhead, List.of())))).isTrue();
    assertThat(frame.takes(Pending.of(entry(2, 1_001 - overhead, List.of())))).isFalse();
    assertThat(frame.full()).isFalse();
  }

  @Test
  void full_pastTheTarget() {
    Pending one = Pending.of(entry(1, 0, List.of()));
    while (frame.takes(one)) {
      frame.add(one);
    }
    assertThat(frame.full()).isFalse();

    frame.add(one);

    assertThat(frame.full()).isTrue();
  }

  @Test
  void answer_reachesEveryBatchInIt() {
    Pending one = Pending.of(entry(1, 10, List.of()));
    Pending other = Pending.of(entry(2, 10, List.of()));
    frame.add(one);
    frame.add(other);
    IngestVerdict verdict = BusSpace.FULL;

    frame.answer(verdict);

    assertThat(frame.batches().entries()).containsExactly(one.entry(), other.entry());
    assertThat(one.done()).isCompletedWithValue(verdict);
    assertThat(other.done()).isCompletedWithValue(verdict);
  }

  private static FrameEntry entry(long seq, int bytes, List<byte[]> sets) {
    return new FrameEntry(SignedBatches.data(1, seq, bytes), seq, 1_700_000_000_000L, sets);
  }
}
