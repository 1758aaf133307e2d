package dev.sentinelj.core.progress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.batch.LossReason;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.batch.MovedRecord;
import dev.sentinelj.core.progress.VanishedSeqs.Word;
import java.util.List;
import org.junit.jupiter.api.Test;

class VanishedSeqsTest {
  @Test
  void of_aWordWithGaps_namesThemAll_andCountsItsSamplesOnce() {
    Word word = word(9, 30, new MovedRecord.Entry(4, 5, 20));

    assertThat(VanishedSeqs.of(List.of(word), seqs(2, 7)))
        .containsExactly(lost(1, 1, 30), lost(3, 3, 0), lost(6, 6, 0), lost(8, 9, 0));
  }

  @Test
  void of_aWordThatMissesNothing_isEmpty() {
    assertThat(VanishedSeqs.of(List.of(word(2, 7), word(0, 0)), seqs(1, 2))).isEmpty();
  }

  @Test
  void of_aWordThatMissesMore_countsWhatTheOthersDoNot() {
    Word more = word(9, 90);
    Word less = word(7, 50, new MovedRecord.Entry(6, 7, 20));

    assertThat(VanishedSeqs.of(List.of(more, less), seqs()))
        .containsExactly(lost(1, 5, 50), lost(6, 9, 40));
  }

  @Test
  void of_aWordBelowNothing_namesTheSeqsWithoutSamples() {
    assertThat(VanishedSeqs.of(List.of(word(1, -4)), seqs())).containsExactly(lost(1, 1, 0));
  }

  private static Word word(long lastSeq, long difference, MovedRecord.Entry... moved) {
    return new Word(new MovedRecord(7, lastSeq, 1_000, List.of(moved), List.of()), difference);
  }

  private static SeqRanges seqs(long... seqs) {
    SeqRanges set = new SeqRanges();
    for (long seq : seqs) {
      set.add(seq);
    }
    return set;
  }

  private static LossRecord.Entry lost(long from, long to, long samples) {
    return new LossRecord.Entry(from, to, samples, LossReason.VANISHED);
  }
}
