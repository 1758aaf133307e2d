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
  void of_aWordWithGaps_namesThemAll_andSharesItsSamples() {
    Word word = word(9, 30, new MovedRecord.Entry(4, 5, 20));

    assertThat(of(List.of(word), seqs(2, 7)))
        .containsExactly(lost(1, 1, 6), lost(3, 3, 6), lost(6, 6, 6), lost(8, 9, 12));
  }

  @Test
  void of_aWordThatMissesNothing_isEmpty() {
    assertThat(of(List.of(word(2, 7), word(0, 0)), seqs(1, 2))).isEmpty();
  }

  @Test
  void of_aWordThatMissesMore_countsWhatTheOthersDoNot() {
    Word more = word(9, 90);
    Word less = word(7, 50, new MovedRecord.Entry(6, 7, 20));

    assertThat(of(List.of(more, less), seqs()))
        .containsExactly(lost(1, 5, 50), lost(6, 7, 20), lost(8, 9, 20));
  }

  /** Each misses something that the other has moved. */
  @Test
  void of_wordsThatMissDifferentSeqs_countsEachOnce() {
    Word one = word(6, 60);
    Word other = word(9, 80, new MovedRecord.Entry(3, 3, 10));

    assertThat(of(List.of(one, other), seqs()))
        .containsExactly(lost(1, 2, 20), lost(3, 3, 10), lost(4, 6, 30), lost(7, 9, 30));
  }

  @Test
  void of_aLossThatDoesNotCountForTheWord_namesItsSeqsAnew() {
    LossRecord.Entry wider = new LossRecord.Entry(1, 20, 200, LossReason.DROPPED);
    LossRecord.Entry own = new LossRecord.Entry(2, 3, 20, LossReason.DROPPED);

    assertThat(VanishedSeqs.of(List.of(word(4, 20)), seqs(), List.of(wider, own)))
        .containsExactly(lost(1, 1, 10), lost(4, 4, 10));
  }

  @Test
  void of_aWordBelowNothing_namesTheSeqsWithoutSamples() {
    assertThat(of(List.of(word(1, -4)), seqs())).containsExactly(lost(1, 1, 0));
  }

  /** In doubles the first share would come out greater than all there is. */
  @Test
  void of_aWordOfHugeNumbers_sharesExactly() {
    long seqs = 1_000_000_000_000_000_002L;
    long samples = (1L << 60) - 1;

    List<LossRecord.Entry> shares = of(List.of(word(seqs, samples)), seqs(seqs - 1));

    assertThat(shares).extracting(LossRecord.Entry::samples).containsExactly(samples - 1, 1L);
  }

  private static List<LossRecord.Entry> of(List<Word> words, SeqRanges rows) {
    return VanishedSeqs.of(words, rows, List.of());
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
