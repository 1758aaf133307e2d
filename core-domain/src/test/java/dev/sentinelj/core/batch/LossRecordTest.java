package dev.sentinelj.core.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sentinelj.core.Mutations;
import dev.sentinelj.core.wire.MalformedException;
import dev.sentinelj.core.wire.WireWriter;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class LossRecordTest {
  private static final LossRecord.Entry TORN = new LossRecord.Entry(9, 9, 0, LossReason.TORN);
  private static final LossRecord RECORD =
      new LossRecord(List.of(new LossRecord.Entry(2, 5, 80, LossReason.CORRUPT), TORN));

  @Test
  void parse_itsBytes_givesTheSameRecord() {
    assertThat(LossRecord.parse(RECORD.toBytes())).isEqualTo(RECORD);
  }

  @Test
  void parse_mostEntries_works() {
    LossRecord full = new LossRecord(Collections.nCopies(LossRecord.MAX_ENTRIES, TORN));

    assertThat(LossRecord.parse(full.toBytes())).isEqualTo(full);
  }

  @Test
  void parse_anyOtherLength_isMalformed() {
    Mutations.refusesEveryOtherLength(RECORD.toBytes(), LossRecord::parse);
  }

  @Test
  void parse_anyBitFlipped_isMalformedOrAnotherRecord() {
    Mutations.survivesEveryBitFlip(
        RECORD.toBytes(), bytes -> assertThat(LossRecord.parse(bytes)).isNotEqualTo(RECORD));
  }

  @Test
  void parse_noEntriesOrUnknownReason_isMalformed() {
    byte[] none = WireWriter.message(LossRecord.DOMAIN, 1, 8).u16(0).toBytes();
    byte[] unknown =
        WireWriter.message(LossRecord.DOMAIN, 1, 8).u16(1).i64(1).i64(1).i64(0).u8(5).toBytes();

    assertThatExceptionOfType(MalformedException.class).isThrownBy(() -> LossRecord.parse(none));
    assertThatExceptionOfType(MalformedException.class).isThrownBy(() -> LossRecord.parse(unknown));
  }

  @Test
  void new_tooManyOrBadEntries_throws() {
    assertThatIllegalArgumentException().isThrownBy(() -> new LossRecord(List.of()));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LossRecord(Collections.nCopies(1_001, TORN)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LossRecord.Entry(0, 1, 0, LossReason.TORN));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LossRecord.Entry(2, 1, 0, LossReason.TORN));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LossRecord.Entry(1, 1, -1, LossReason.TORN));
  }

  @Test
  void reason_words_areThoseOfTheDatabase() {
    assertThat(List.of(LossReason.values()))
        .extracting(LossReason::word)
        .containsExactly("corrupt", "dropped", "refused", "torn", "vanished");
  }
}
