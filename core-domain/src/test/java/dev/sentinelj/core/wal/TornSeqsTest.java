package dev.sentinelj.core.wal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.Mutations;
import dev.sentinelj.core.progress.SeqRanges.Range;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class TornSeqsTest {
  private static final TornSeqs TORN = new TornSeqs(List.of(new Range(3, 3), new Range(7, 9)));

  @Test
  void parse_itsBytes_givesTheSame() {
    assertThat(TornSeqs.parse(TORN.toBytes())).isEqualTo(TORN);
    assertThat(TornSeqs.parse(new TornSeqs(List.of()).toBytes()).ranges()).isEmpty();
  }

  @Test
  void new_tooMany_keepsTheNewest() {
    List<Range> many =
        LongStream.rangeClosed(1, TornSeqs.MAX_RANGES + 2L)
            .mapToObj(n -> new Range(2 * n, 2 * n))
            .toList();

    TornSeqs kept = new TornSeqs(many);

    assertThat(kept.ranges()).hasSize(TornSeqs.MAX_RANGES).endsWith(many.getLast());
    assertThat(TornSeqs.parse(kept.toBytes())).isEqualTo(kept);
  }

  @Test
  void parse_anyOtherLength_isMalformed() {
    Mutations.refusesEveryOtherLength(TORN.toBytes(), TornSeqs::parse);
  }

  @Test
  void parse_anyBitFlipped_isMalformedOrOthers() {
    Mutations.survivesEveryBitFlip(
        TORN.toBytes(), bytes -> assertThat(TornSeqs.parse(bytes)).isNotEqualTo(TORN));
  }
}
