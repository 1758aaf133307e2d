package dev.sentinelj.core.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.wire.MalformedException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlockCodecTest {
  private static final Sha256 SET = Sha256.of(new byte[] {1, 2, 3});
  private static final int HEAD = 1 + Sha256.BYTES;
  private static final int ROUNDS = 2_000;

  @ParameterizedTest
  @ValueSource(
      doubles = {
        0.0,
        -0.0,
        1,
        -1,
        0.1,
        99.97,
        1e-9,
        1e-10,
        9007199254740992.0,
        9007199254740994.0,
        -9007199254740992.0,
        Double.MAX_VALUE,
        Double.MIN_VALUE,
        Math.PI,
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY
      })
  void decode_anyValueInAnyKind_comesBackBitByBit(double value) {
    assertRoundTrip(column(value));
    assertRoundTrip(column(value, value, value));
    assertRoundTrip(column(1, value, 2, value));
    assertRoundTrip(column(Math.E, value, Math.E, -value));
  }

  @Test
  void decode_nanPayloads_comeBackBitByBit() {
    double quiet = Double.longBitsToDouble(0x7ff8_0000_0000_beefL);
    double signalling = Double.longBitsToDouble(0xfff0_0000_0000_0001L);

    assertRoundTrip(column(quiet));
    assertRoundTrip(column(quiet, signalling, 1.5, quiet));
  }

  @Test
  void decode_randomBlocks_equalWhatWasEncoded() {
    SplittableRandom seeds = new SplittableRandom(42);
    for (int i = 0; i < ROUNDS; i++) {
      long seed = seeds.nextLong();
      Block block = randomBlock(new SplittableRandom(seed));

      assertThat(BlockCodec.decode(BlockCodec.encode(block))).as("seed %d", seed).isEqualTo(block);
    }
  }

  /** So that the rounds above are about all there is. */
  @Test
  void encode_randomBlocks_takesEveryForm() {
    SplittableRandom seeds = new SplittableRandom(42);
    Set<Integer> forms = new TreeSet<>();
    for (int i = 0; i < ROUNDS; i++) {
      Columns columns = randomBlock(new SplittableRandom(seeds.nextLong())).columns();
      BlockOutput out = new BlockOutput(64);
      new ColumnEncoder(columns).writeAll(out);
      for (int column = 0; column < columns.series(); column++) {
        int both = out.toBytes()[column / 2];
        forms.add((column % 2 == 0 ? both >> BlockCodec.FORM_BITS : both) & BlockCodec.FORM_MASK);
      }
    }

    assertThat(forms).hasSize(1 << BlockCodec.FORM_BITS);
  }

  @Test
  void decode_extremeTimes_comeBack() {
    Columns.Builder columns =
        new Columns.Builder(1, Long.MIN_VALUE, Long.MAX_VALUE, 0, -1, Long.MAX_VALUE, 5, 5);

    assertRoundTrip(new Block(SET, columns.set(0, 2, 1).build()));
  }

  @Test
  void encode_steadyTimesAndIntegers_takesAboutTwoBytesPerSample() {
    Columns.Builder columns = new Columns.Builder(1, steadyTimes(1_000));
    for (int row = 0; row < 1_000; row++) {
      columns.set(0, row, 1_000_000 + row % 50);
    }

    assertThat(BlockCodec.encode(new Block(SET, columns.build()))).hasSizeLessThan(2_100);
  }

  @Test
  void encode_missingAndConstantColumns_takeAFewBytes() {
    Columns.Builder columns = new Columns.Builder(3, steadyTimes(100));
    for (int row = 0; row < 100; row++) {
      columns.set(1, row, 12.5);
    }

    byte[] bytes = BlockCodec.encode(new Block(SET, columns.build()));

    // Head, counts, 6 + 2 bytes of time and a bit per further row, two bytes of forms; the one
    // column
    // there is has a value and a width of 0.
    assertThat(bytes).hasSize(HEAD + 2 + 6 + 2 + 1 + 13 + 2 + 2 + 1);
  }

  @Test
  void encode_sharesOfOneTotal_takeTheirNumerators() {
    double[] ticks = {106, 1247, 114, 360, 2, 0, 4};
    Columns.Builder columns = new Columns.Builder(ticks.length, 1_700_000_000_000L);
    for (int column = 0; column < ticks.length; column++) {
      columns.set(column, 0, ticks[column] / 1_833);
    }

    byte[] bytes = BlockCodec.encode(new Block(SET, columns.build()));

    // Head, counts, time, forms, the denominator, numerators above 63 in two bytes; 0 in none.
    assertThat(bytes).hasSize(HEAD + 2 + 6 + 4 + 2 + 4 * 2 + 2);
  }

  @Test
  void encode_pagesOfMemory_takeTheirNumber() {
    Columns.Builder columns = new Columns.Builder(2, 1_700_000_000_000L);
    columns.set(0, 0, 23_667_081_216.0).set(1, 0, 26_374_144);

    byte[] bytes = BlockCodec.encode(new Block(SET, columns.build()));

    assertThat(bytes).hasSize(HEAD + 2 + 6 + 1 + 4 + 2);
  }

  @Test
  void encode_oneOutlierAmongSmallSteps_takesMoreBytesForItAlone() {
    double[] values = new double[100];
    for (int i = 0; i < values.length; i++) {
      values[i] = i == 50 ? 1e12 : i;
    }

    assertThat(BlockCodec.encode(column(values))).hasSizeLessThan(HEAD + 30 + 120);
  }

  @Test
  void encode_valuesThatBarelyChange_choosesXor() {
    double[] values = new double[100];
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.PI + Math.ulp(Math.PI) * (i % 3);
    }

    assertThat(BlockCodec.encode(column(values))).hasSizeLessThan(HEAD + 110 + 8 + 100);
  }

  @Test
  void encode_moreCellsThanTheLimit_throws() {
    Columns columns = new Columns.Builder(1_001, steadyTimes(1_000)).build();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> BlockCodec.encode(new Block(SET, columns)));
  }

  @Test
  void decode_moreCellsThanAllowed_throws() {
    byte[] bytes =
        BlockCodec.encode(new Block(SET, new Columns.Builder(10, steadyTimes(10)).build()));

    assertThat(BlockCodec.decode(bytes, 100).columns().rows()).isEqualTo(10);
    assertMalformed(() -> BlockCodec.decode(bytes, 99));
  }

  @Test
  void decode_countsBeyondTheBytes_throwsBeforeAllocating() {
    byte[] bytes = Arrays.copyOf(new byte[] {BlockCodec.VERSION}, HEAD + 8);
    bytes[HEAD] = (byte) 0xff;
    bytes[HEAD + 1] = (byte) 0xff;
    bytes[HEAD + 2] = 0x0f;
    bytes[HEAD + 3] = 1;

    assertMalformed(() -> BlockCodec.decode(bytes));
  }

  @Test
  void decode_truncatedOrLengthened_throws() {
    byte[] bytes = BlockCodec.encode(randomBlock(new SplittableRandom(7)));

    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertMalformed(() -> BlockCodec.decode(cut));
    }
    assertMalformed(() -> BlockCodec.decode(Arrays.copyOf(bytes, bytes.length + 1)));
  }

  @Test
  void decode_anyBitFlipped_throwsNothingElseThanMalformed() {
    for (long seed = 0; seed < 40; seed++) {
      byte[] bytes = BlockCodec.encode(randomBlock(new SplittableRandom(seed)));
      for (int bit = 0; bit < 8 * bytes.length; bit++) {
        bytes[bit / 8] ^= (byte) (1 << bit % 8);
        decodesOrIsMalformed(bytes);
        bytes[bit / 8] ^= (byte) (1 << bit % 8);
      }
    }
  }

  @Test
  void decode_randomBytesBehindAValidHead_throwsNothingElseThanMalformed() {
    SplittableRandom random = new SplittableRandom(99);
    for (int i = 0; i < 50_000; i++) {
      byte[] bytes = new byte[HEAD + random.nextInt(64)];
      random.nextBytes(bytes);
      bytes[0] = BlockCodec.VERSION;
      bytes[Math.min(HEAD, bytes.length - 1)] &= 7;
      decodesOrIsMalformed(bytes);
    }
  }

  @Test
  void decode_overlongVarint_throws() {
    byte[] bytes = BlockCodec.encode(column(1));
    byte[] overlong = new byte[bytes.length + 1];
    System.arraycopy(bytes, 0, overlong, 0, HEAD);
    overlong[HEAD] = (byte) 0x81;
    System.arraycopy(bytes, HEAD + 1, overlong, HEAD + 2, bytes.length - HEAD - 1);

    assertMalformed(() -> BlockCodec.decode(overlong));
  }

  @Test
  void decode_moreRowsThanBits_throws() {
    String head = "02" + SET.toHex();

    assertMalformed(() -> BlockCodec.decode(HexFormat.of().parseHex(head + "40" + "010000010000")));
  }

  /** What follows the times of two rows of one series, as no encoder writes it. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0100", // a form behind the last column
        "a00000", // a bitmap of nothing
        "900300", // a bitmap of all
        "900400", // a bitmap beyond the rows
        "10828080808080802000", // a whole number above 2^53
        "1000ff82808080808080" + "20", // one that a difference leads to
        "100041000000000000000000", // a width of 65
        "10000140", // bits behind the last value, in a width of 1
        "700a0000", // scale 10
        "703f0000", // no unit
        "70c00000", // 2^64
        "400000", // a numerator without a denominator
        "5000000000", // a denominator of 0
        "5001000000", // a negative one
        "d0010200" + "0000", // a bitmap and a list that does not end
        "6000000000000000" + "0080", // an XOR window that was never announced
        "600000000000000000fffc0000000000000000", // an XOR window of 64 bits behind 63 zeros
        "600000000000000000" + "01" // bits after the last value
      })
  void decode_columnThatNoEncoderWrites_isMalformed(String column) {
    assertMalformed(() -> BlockCodec.decode(twoRows(column)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "00",
        "80",
        "900100",
        "10808080808080802000",
        "1000ff80808080808080" + "20",
        "10004000000000000000" + "00",
        "10000100",
        "70090000",
        "70400000",
        "70bf0000",
        "50020000" + "00",
        "d0010200",
        "600000000000000000" + "00",
        "600000000000000000c002"
      })
  void decode_columnsNextToThose_areRead(String column) {
    assertThat(BlockCodec.decode(twoRows(column)).columns().rows()).isEqualTo(2);
  }

  private static byte[] twoRows(String column) {
    return HexFormat.of().parseHex("02" + SET.toHex() + "02010000" + column);
  }

  private static void decodesOrIsMalformed(byte[] bytes) {
    try {
      assertThat(BlockCodec.decode(bytes).columns().rows()).isPositive();
    } catch (MalformedException e) {
      assertThat(e).hasMessageNotContaining("null");
    }
  }

  private static void assertMalformed(Runnable decoding) {
    assertThatExceptionOfType(MalformedException.class).isThrownBy(decoding::run);
  }

  private static void assertRoundTrip(Block block) {
    assertThat(BlockCodec.decode(BlockCodec.encode(block))).isEqualTo(block);
  }

  private static Block column(double... values) {
    Columns.Builder columns = new Columns.Builder(1, steadyTimes(values.length));
    for (int row = 0; row < values.length; row++) {
      columns.set(0, row, values[row]);
    }
    return new Block(SET, columns.build());
  }

  private static long[] steadyTimes(int rows) {
    long[] times = new long[rows];
    for (int row = 0; row < rows; row++) {
      times[row] = 1_700_000_000_000L + 1_000L * row;
    }
    return times;
  }

  private static Block randomBlock(SplittableRandom random) {
    long[] times = new long[1 + random.nextInt(20)];
    for (int row = 0; row < times.length; row++) {
      times[row] = 1_700_000_000_000L + 1_000L * row + random.nextInt(-3, 4);
    }
    int series = 1 + random.nextInt(8);
    Columns.Builder columns = new Columns.Builder(series, times);
    for (int column = 0; column < series; column++) {
      DoubleSupplier values = randomKind(random);
      int missing = random.nextInt(3);
      for (int row = 0; row < times.length; row++) {
        if (missing == 0 || random.nextInt(3) >= missing) {
          columns.set(column, row, values.getAsDouble());
        }
      }
    }
    return new Block(Sha256.of(new byte[] {(byte) random.nextInt()}), columns.build());
  }

  private static DoubleSupplier randomKind(SplittableRandom random) {
    int total = 1 + random.nextInt(3_000);
    return switch (random.nextInt(9)) {
      case 0 -> () -> Double.longBitsToDouble(random.nextLong());
      case 1 -> () -> random.nextInt(1_000) / 100.0;
      case 2 -> () -> random.nextLong(1L << 53);
      case 3 -> () -> 42;
      case 4 -> () -> random.nextInt(total + 1) / (double) total;
      case 5 -> () -> -random.nextInt(1_000_000) * 4096.0;
      case 6 -> () -> random.nextInt(10_000) / 2048.0;
      case 7 -> () -> random.nextInt(3) / (double) (1 + random.nextInt(9));
      default -> () -> random.nextDouble() * 1e-3;
    };
  }
}
