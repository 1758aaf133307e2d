package dev.sentinelj.application.fuzz;

import dev.sentinelj.adapters.protobuf.ProtobufBatchCodec;
import dev.sentinelj.application.gateway.IngestTarget;
import dev.sentinelj.core.batch.BatchHeader;
import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.batch.MovedRecord;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.block.BlockCodec;
import dev.sentinelj.core.frame.Frame;
import dev.sentinelj.core.frame.FrameAddress;
import dev.sentinelj.core.frame.FrameEntry;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.session.HeartbeatProof;
import dev.sentinelj.core.signing.Envelope;
import dev.sentinelj.core.signing.MacKey;
import dev.sentinelj.core.signing.MacTag;
import dev.sentinelj.core.signing.Purpose;
import dev.sentinelj.core.signing.Secret;
import dev.sentinelj.core.wal.RecordFrame;
import dev.sentinelj.core.wal.SegmentScan;
import dev.sentinelj.core.wal.StoredMessage;
import dev.sentinelj.core.wire.MalformedException;
import dev.sentinelj.core.wire.WireReader;
import dev.sentinelj.testkit.SignedBatches;
import dev.sentinelj.testkit.fuzz.FuzzTarget;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;

/** Every parser of bytes that come from outside. */
final class Targets {
  private static final FrameAddress ADDRESS = new FrameAddress(3, Lane.FRESH);
  private static final MacKey CLUSTER =
      MacKey.derive(Secret.random(new SplittableRandom(5)), Purpose.FRAME);

  private Targets() {}

  /** Targets of one thread's own. */
  static List<FuzzTarget> all() {
    ValidInputs valid = new ValidInputs();
    ProtobufBatchCodec codec = new ProtobufBatchCodec();
    return List.of(
        ParserTarget.of("header", valid.headers(), BatchHeader::parse),
        ParserTarget.of("envelope", valid.envelopes(), Envelope.Signed::parse),
        ParserTarget.of("heartbeat", heartbeats(), HeartbeatProof::parse),
        ParserTarget.of("batch", valid.batches(), Targets::readBatch),
        ParserTarget.of("loss", valid.losses(), LossRecord::parse),
        ParserTarget.of("moved", valid.moved(), MovedRecord::parse),
        ParserTarget.of("copy", valid.copies(), ValidInputs::readCopy),
        ParserTarget.of("set", valid.sets(), SeriesSet::parse).accepting(Targets::setBytes),
        ParserTarget.of("block", valid.blocks(), BlockCodec::decode)
            .accepting(Targets::blockBytes)
            .taking(Targets::cellNanos),
        ParserTarget.of("frame", frames(valid), bytes -> Frame.open(bytes, ADDRESS, CLUSTER))
            .dressed(Targets::sealed)
            .refusing(Targets::frameBytes)
            .accepting(Targets::frameBytes),
        ParserTarget.of("message", valid.messages(), StoredMessage::parse),
        ParserTarget.of("segment", valid.segments(), Targets::scan)
            .dressed(Targets::summed)
            .refusing(Targets::scanBytes)
            .accepting(Targets::scanBytes),
        ParserTarget.of("body", valid.bodies(), bytes -> codec.decode(ValidInputs.HEADER, bytes))
            .refusing(Targets::bodyBytes)
            .accepting(Targets::bodyBytes)
            .taking(Targets::cellNanos),
        new IngestTarget());
  }

  /**
   * A series of ten bytes becomes strings, a map and a place in a list: 740 bytes were measured.
   */
  private static long setBytes(long input) {
    return 96 * input + ParserTarget.CONSTANT;
  }

  /** A double and a bit for each cell, and some numbers for each row while it is read. */
  private static long blockBytes(long input) {
    long rows = Math.min(BlockCodec.MAX_CELLS, 8 * input);
    return 2 * input + 9 * cells(input) + 48 * rows + ParserTarget.CONSTANT;
  }

  /** Most cells that a block may claim: eight rows a byte, two series a byte. */
  private static long cells(long input) {
    return Math.min(BlockCodec.MAX_CELLS, 16 * input * input);
  }

  /** What is promised for the bytes, and for the cells they stand for. */
  private static long cellNanos(long input) {
    return FuzzTarget.NANOS_PER_KIB * FuzzTarget.kib(input) + 20 * cells(input);
  }

  /** The batches of a frame become objects one by one. It is read behind the cluster's MAC only. */
  private static long frameBytes(long input) {
    return 16 * input + 16 * 1024;
  }

  /** A scan refuses nothing, it lists: some objects for each record or damage of 32 bytes. */
  private static long scanBytes(long input) {
    return 40 * input + 16 * 1024;
  }

  /**
   * Plain metrics become objects until one of them is refused, and a histogram repeats its labels,
   * up to 8 MiB of them in a body. Bodies are read behind the MACs only.
   */
  private static long bodyBytes(long input) {
    return 128 * input + (16 << 20);
  }

  private static List<byte[]> heartbeats() {
    return List.of(
        HeartbeatProof.sign(SignedBatches.KEY, SignedBatches.AGENT, ValidInputs.T0).toBytes());
  }

  private static void readBatch(byte[] bytes) {
    WireReader in = new WireReader(bytes);
    SignedBatch.readFrom(in);
    in.end();
  }

  /** Frames without their MAC, which damage would only break. */
  private static List<byte[]> frames(ValidInputs valid) {
    SplittableRandom random = new SplittableRandom(8);
    List<byte[]> frames = new ArrayList<>();
    frames.add(unsealed(new Frame.Tick(1_700_000_000L)));
    for (int i = 0; i < 24; i++) {
      List<FrameEntry> entries = new ArrayList<>();
      for (int entry = random.nextInt(6); entry >= 0; entry--) {
        List<byte[]> sets = random.nextBoolean() ? List.of() : List.of(valid.set(2).toBytes());
        entries.add(new FrameEntry(valid.batch(), random.nextLong(), ValidInputs.T0, sets));
      }
      frames.add(unsealed(new Frame.Batches(entries)));
    }
    return frames;
  }

  private static byte[] unsealed(Frame frame) {
    byte[] sealed = Frame.seal(frame, ADDRESS, CLUSTER);
    return Arrays.copyOf(sealed, sealed.length - MacTag.BYTES);
  }

  /** With the right MAC, but for one in eight. */
  private static byte[] sealed(byte[] damaged, SplittableRandom random) {
    byte[] sealed = Arrays.copyOf(damaged, damaged.length + MacTag.BYTES);
    if (random.nextInt(8) != 0) {
      byte[] mac = CLUSTER.sign(damaged).toBytes();
      System.arraycopy(mac, 0, sealed, damaged.length, mac.length);
    }
    return sealed;
  }

  /** With the right checksums wherever a record begins, but for one in four. */
  private static byte[] summed(byte[] damaged, SplittableRandom random) {
    if (random.nextInt(4) != 0) {
      ByteBuffer bytes = ByteBuffer.wrap(damaged);
      sum(bytes, 0, 56, 56);
      for (int at = 0; at + RecordFrame.sizeOf(0) <= damaged.length; at++) {
        if (bytes.getInt(at) == 0x534A5243) {
          sum(bytes, at, 24, at + 24);
          int length = bytes.getInt(at + 4);
          if (length >= 0 && length <= damaged.length - at - RecordFrame.sizeOf(0)) {
            sum(bytes, at + 28, length, at + 28 + length);
          }
        }
      }
    }
    return damaged;
  }

  private static void sum(ByteBuffer bytes, int from, int length, int to) {
    if (to + 4 <= bytes.limit()) {
      CRC32C crc = new CRC32C();
      crc.update(bytes.slice(from, length));
      bytes.putInt(to, (int) crc.getValue());
    }
  }

  /** Scans and reads what was found, as a log does when it is opened. */
  private static void scan(byte[] bytes) {
    ByteBuffer segment = ByteBuffer.wrap(bytes);
    SegmentScan scan = SegmentScan.of(segment);
    for (RecordFrame record : scan.records()) {
      if (!record.payloadIntact(segment)) {
        throw new IllegalStateException("a record whose payload is damaged");
      }
      record.payload(segment);
    }
    if (scan.header().isEmpty() && scan.records().isEmpty()) {
      throw new MalformedException("nothing found");
    }
  }
}
