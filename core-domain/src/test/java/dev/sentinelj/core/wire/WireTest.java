package dev.sentinelj.core.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sentinelj.core.Mutations;
import dev.sentinelj.core.digest.Sha256;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class WireTest {
  private static final Sha256 HASH = Sha256.of(new byte[] {1});

  @Test
  void read_everyKindOfField_givesWhatWasWritten() {
    WireReader in = new WireReader(all());

    assertThat(in.message("domain")).isEqualTo(3);
    assertThat(in.u8("")).isEqualTo(255);
    assertThat(in.u16("")).isEqualTo(65_535);
    assertThat(in.i32("")).isEqualTo(-2);
    assertThat(in.i64("")).isEqualTo(Long.MIN_VALUE);
    assertThat(Double.doubleToRawLongBits(in.f64(""))).isEqualTo(0x7ff8_0000_0000_0001L);
    assertThat(in.text("")).isEqualTo("gr\u00fc\u00dfe \ud83d\ude00");
    assertThat(in.shortBytes("")).containsExactly(7);
    assertThat(in.longBytes("")).containsExactly(8, 9);
    assertThat(in.hash("")).isEqualTo(HASH);
    assertThat(in.raw(2, "")).containsExactly(5, 6);
    assertThat(in.remaining()).isZero();
    in.end();
  }

  @Test
  void write_numbers_areBigEndianBehindBigEndianLengths() {
    byte[] bytes = new WireWriter(8).text("ab").i32(0x01020304).longBytes(new byte[] {5}).toBytes();

    assertThat(HexFormat.of().formatHex(bytes)).isEqualTo("0002616201020304" + "0000000105");
  }

  @Test
  void read_anyOtherLength_isMalformed() {
    Mutations.refusesEveryOtherLength(all(), WireTest::readAll);
  }

  @Test
  void read_anyBitFlipped_isReadOrMalformed() {
    Mutations.survivesEveryBitFlip(all(), WireTest::readAll);
  }

  @Test
  void message_anotherDomain_isMalformed() {
    byte[] bytes = WireWriter.message("one", 1, 8).toBytes();

    assertThatExceptionOfType(MalformedException.class)
        .isThrownBy(() -> new WireReader(bytes).message("two"));
  }

  @Test
  void text_notUtf8_isMalformed() {
    byte[] bytes = {0, 2, (byte) 0xc3, 0x28};

    assertThatExceptionOfType(MalformedException.class)
        .isThrownBy(() -> new WireReader(bytes).text("name"));
  }

  @Test
  void longBytes_lengthBeyondTheInput_isMalformedWithoutAllocating() {
    byte[] huge = {0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff};
    byte[] negative = {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff};

    assertThatExceptionOfType(MalformedException.class)
        .isThrownBy(() -> new WireReader(huge).longBytes("body"));
    assertThatExceptionOfType(MalformedException.class)
        .isThrownBy(() -> new WireReader(negative).longBytes("body"));
  }

  @Test
  void read_partOfABuffer_startsAtItsPosition() {
    ByteBuffer buffer = ByteBuffer.wrap(new byte[] {9, 1, 2}).position(1);

    assertThat(new WireReader(buffer).u16("")).isEqualTo(0x0102);
    assertThat(buffer.position()).isEqualTo(1);
  }

  @Test
  void write_outOfRange_throws() {
    WireWriter out = new WireWriter(8);

    assertThatIllegalArgumentException().isThrownBy(() -> out.u8(256));
    assertThatIllegalArgumentException().isThrownBy(() -> out.u8(-1));
    assertThatIllegalArgumentException().isThrownBy(() -> out.u16(65_536));
    assertThatIllegalArgumentException().isThrownBy(() -> out.text("x".repeat(65_536)));
  }

  private static byte[] all() {
    return WireWriter.message("domain", 3, 64)
        .u8(255)
        .u16(65_535)
        .i32(-2)
        .i64(Long.MIN_VALUE)
        .f64(Double.longBitsToDouble(0x7ff8_0000_0000_0001L))
        .text("gr\u00fc\u00dfe \ud83d\ude00")
        .shortBytes(new byte[] {7})
        .longBytes(new byte[] {8, 9})
        .hash(HASH)
        .raw(new byte[] {5, 6})
        .toBytes();
  }

  private static void readAll(byte[] bytes) {
    WireReader in = new WireReader(bytes);
    in.message("domain");
    in.u8("u8");
    in.u16("u16");
    in.i32("i32");
    in.i64("i64");
    in.f64("f64");
    in.text("text");
    in.shortBytes("short");
    in.longBytes("long");
    in.hash("hash");
    in.raw(2, "raw");
    in.end();
  }
}
