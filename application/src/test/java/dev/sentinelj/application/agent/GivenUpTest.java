package dev.sentinelj.application.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.adapters.memory.InMemoryBatchLog;
import dev.sentinelj.core.batch.LossReason;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.ingest.Refusal;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.testkit.SignedBatches;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GivenUpTest {
  private static final SignedBatch BATCH = SignedBatches.data(1, 4, 10);

  private final List<String> written = new ArrayList<>();
  private final ShippedCounts counts = new ShippedCounts();
  private boolean quarantineBroken;
  private final GivenUp givenUp =
      new GivenUp(new InMemoryBatchLog(1, 1 << 20, 1 << 24), this::keep, this::lost, counts);

  @Test
  void add_keepsTheBytesBeforeTheLossIsWritten() {
    boolean gone = givenUp.add(BATCH, Refusal.TIME_SPAN);

    assertThat(gone).isTrue();
    assertThat(written).containsExactly("kept 4 TIME_SPAN", "lost 4..4 10 REFUSED");
    assertThat(givenUp.has(4)).isTrue();
    assertThat(counts.refused).isEqualTo(1);
  }

  @Test
  void add_whenTheBytesCannotBeKept_givesNothingUp() {
    quarantineBroken = true;

    boolean gone = givenUp.add(BATCH, Refusal.TIME_SPAN);

    assertThat(gone).isFalse();
    assertThat(written).isEmpty();
    assertThat(givenUp.has(4)).isFalse();
    assertThat(counts.refused).isZero();
  }

  @Test
  void add_ofALossRecord_givesNothingUp() {
    boolean gone = givenUp.add(SignedBatches.torn(1, 5, 40, 3), Refusal.MALFORMED);

    assertThat(gone).isFalse();
    assertThat(written).isEmpty();
  }

  @Test
  void forgetThrough_includesTheSeqItself() {
    givenUp.add(BATCH, Refusal.TOO_BIG);
    givenUp.add(SignedBatches.data(1, 5, 10), Refusal.TOO_BIG);

    givenUp.forgetThrough(4);

    assertThat(givenUp.has(4)).isFalse();
    assertThat(givenUp.has(5)).isTrue();
  }

  private void keep(SignedBatch batch, Refusal reason) {
    if (quarantineBroken) {
      throw new PortUnavailableException("keeping a refused batch");
    }
    written.add("kept " + batch.id().seq() + " " + reason);
  }

  private void lost(LossRecord.Entry loss) {
    assertThat(loss.reason()).isEqualTo(LossReason.REFUSED);
    written.add(
        "lost " + loss.from() + ".." + loss.to() + " " + loss.samples() + " " + loss.reason());
  }
}
