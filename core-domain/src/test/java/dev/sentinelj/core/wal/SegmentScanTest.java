package dev.sentinelj.core.wal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SegmentScanTest {
  private static final int SEGMENT = 64 << 10;

  @Test
  void scan_ofAnIntactSegment_findsEveryRecord() {
    Sample sample = Sample.of(SEGMENT, true);

    SegmentScan scan = SegmentScan.of(ByteBuffer.wrap(sample.bytes));

    assertThat(scan.header()).contains(SegmentHeader.of(7, 3, 11, 500));
    assertThat(scan.records()).hasSameSizeAs(sample.ends);
    assertThat(scan.damages()).isEmpty();
    assertThat(scan.sealed()).isTrue();
  }

  @Test
  void scan_ofEveryTruncation_keepsAllWholeRecords() {
    Sample sample = Sample.of(SEGMENT, false);

    for (int length = 0; length <= sample.used; length++) {
      SegmentScan scan = SegmentScan.of(ByteBuffer.wrap(sample.bytes, 0, length).slice());

      int cut = length;
      long whole = sample.ends.stream().filter(end -> end <= cut).count();
      check(scan.records().size() == whole, "truncated to " + length);
      check(scan.damages().stream().allMatch(SegmentScan.Damage::torn), "torn at " + length);
    }
  }

  @Test
  void scan_ofEverySingleBitFlip_losesExactlyTheHitRecord() {
    Sample sample = Sample.of(SEGMENT, true);
    List<RecordFrame> all = SegmentScan.of(ByteBuffer.wrap(sample.bytes)).records();

    for (int bit = 0; bit < 8 * sample.used; bit++) {
      sample.bytes[bit / 8] ^= (byte) (1 << bit % 8);
      SegmentScan scan = SegmentScan.of(ByteBuffer.wrap(sample.bytes));
      sample.bytes[bit / 8] ^= (byte) (1 << bit % 8);

      int hit = bit / 8;
      boolean inHeader = hit < SegmentHeader.BYTES;
      check(scan.records().size() == all.size() - (inHeader ? 0 : 1), "flip of bit " + bit);
      check(scan.header().isPresent() || inHeader, "header after flip of bit " + bit);
      check(
          scan.records().stream().noneMatch(r -> r.offset() <= hit && hit < r.end()),
          "the hit record after flip of bit " + bit);
      boolean last = hit >= all.getLast().offset();
      check(
          scan.damages().size() == (inHeader ? 0 : 1)
              && scan.damages().stream().allMatch(damage -> damage.torn() == last),
          "damage after flip of bit " + bit);
    }
  }

  @Test
  void scan_ofDamageBelowAMark_isCorruptionEvenWithNothingIntactBehindIt() {
    ByteBuffer out = ByteBuffer.allocate(1024);
    out.put(SegmentHeader.of(7, 1, 1, 0).toBytes());
    RecordFrame.write(out, RecordKind.BATCH, 1, 0, new byte[100]);
    int mark = out.position();
    RecordFrame.write(out, RecordKind.BATCH, 2, mark, new byte[100]);
    out.put(SegmentHeader.BYTES + 40, (byte) 1);
    out.put(mark + 40, (byte) 1);

    SegmentScan scan = SegmentScan.of(out);

    assertThat(scan.records()).isEmpty();
    assertThat(scan.damages()).extracting(SegmentScan.Damage::torn).containsExactly(false, true);
    assertThat(scan.damages().getLast().seq()).hasValue(2);
  }

  @Test
  void scan_ofRandomBytes_neverThrows() {
    for (long seed = 0; seed < 2_000; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      byte[] bytes = new byte[random.nextInt(600)];
      random.nextBytes(bytes);

      SegmentScan scan = SegmentScan.of(ByteBuffer.wrap(bytes));

      assertThat(scan.records()).as("seed %d", seed).isEmpty();
    }
  }

  @Test
  void scan_ofRecordsWithWildLengths_neverThrows() {
    for (int length : new int[] {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 1 << 26, 5_000}) {
      Sample sample = Sample.of(2_048, false);
      ByteBuffer.wrap(sample.bytes).putInt(SegmentHeader.BYTES + 4, length);

      SegmentScan scan = SegmentScan.of(ByteBuffer.wrap(sample.bytes));

      assertThat(scan.records()).as("length %d", length).hasSize(sample.ends.size() - 1);
    }
  }

  private static void check(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }

  /** A segment of records of 0 to 2,000 bytes, one force per three records. */
  private static final class Sample {
    private final byte[] bytes;
    private final List<Integer> ends = new ArrayList<>();
    private int used;

    private Sample(int size) {
      this.bytes = new byte[size];
    }

    static Sample of(int size, boolean sealed) {
      Sample sample = new Sample(size);
      SplittableRandom random = new SplittableRandom(1);
      ByteBuffer out = ByteBuffer.wrap(sample.bytes);
      out.put(SegmentHeader.of(7, 3, 11, 500).toBytes());
      int mark = SegmentHeader.BYTES;
      long seq = 11;
      byte[] payload = payload(random, Math.min(2_000, size / 4));
      while (out.remaining() >= RecordFrame.sizeOf(payload.length) + RecordFrame.sizeOf(0)) {
        RecordFrame.write(out, RecordKind.BATCH, seq++, mark, payload);
        sample.ends.add(out.position());
        mark = seq % 3 == 0 ? out.position() : mark;
        payload = payload(random, Math.min(2_000, size / 4));
      }
      if (sealed) {
        RecordFrame.write(out, RecordKind.SEAL, seq, out.position(), new byte[0]);
        sample.ends.add(out.position());
      }
      sample.used = out.position();
      return sample;
    }

    private static byte[] payload(SplittableRandom random, int most) {
      byte[] payload = new byte[random.nextInt(most)];
      random.nextBytes(payload);
      Arrays.fill(payload, 0, payload.length / 4, (byte) 0);
      return payload;
    }
  }
}
