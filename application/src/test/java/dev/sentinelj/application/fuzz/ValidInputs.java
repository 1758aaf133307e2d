package dev.sentinelj.application.fuzz;

import dev.sentinelj.adapters.protobuf.ProtobufBatchCodec;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.BatchHeader;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.BatchKind;
import dev.sentinelj.core.batch.CopiedBatch;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.batch.LossReason;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.batch.MovedRecord;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.block.Block;
import dev.sentinelj.core.block.BlockCodec;
import dev.sentinelj.core.block.Columns;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.frame.FrameAddress;
import dev.sentinelj.core.metric.MetricType;
import dev.sentinelj.core.metric.Series;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.signing.SigningPolicy;
import dev.sentinelj.core.wal.RecordFrame;
import dev.sentinelj.core.wal.RecordKind;
import dev.sentinelj.core.wal.SegmentHeader;
import dev.sentinelj.core.wal.StoredMessage;
import dev.sentinelj.core.wire.WireWriter;
import dev.sentinelj.testkit.SignedBatches;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Valid inputs of every format, of many shapes, always the same. */
final class ValidInputs {
  static final long T0 = 1_700_000_000_000L;
  static final int SAMPLES = 24;

  /** What all bodies are held against. */
  static final BatchHeader HEADER = header(SignedBatches.AGENT, 7, SAMPLES, new byte[0]);

  private static final int EACH = 48;

  private final SplittableRandom random = new SplittableRandom(20_26);

  static BatchHeader header(AgentId agent, long seq, long samples, byte[] body) {
    return new BatchHeader(
        BatchKind.DATA,
        new BatchId(new EpochId(agent, 0xfedc_ba98_7654_3210L), seq),
        100,
        100 + samples,
        T0,
        T0 + 11,
        -5,
        Sha256.of(body));
  }

  List<byte[]> headers() {
    return many(() -> {
      AgentId agent = new AgentId("a" + "b".repeat(random.nextInt(60)));
      return header(agent, 1 + random.nextInt(99), random.nextInt(99), new byte[0]).toBytes();
    });
  }

  SignedBatch batch() {
    byte[] body = new byte[random.nextInt(300)];
    random.nextBytes(body);
    BatchHeader header = header(SignedBatches.AGENT, 1 + random.nextInt(9), 10, body);
    return SigningPolicy.signContent(SignedBatches.KEY, header, body);
  }

  List<byte[]> envelopes() {
    return many(() -> {
      List<Sha256> sets = Stream.generate(this::hash).limit(random.nextInt(5)).toList();
      return SigningPolicy.signEnvelope(
              SignedBatches.KEY, batch(), random.nextLong(), T0 + random.nextInt(), sets)
          .toBytes();
    });
  }

  List<byte[]> batches() {
    return many(() -> {
      WireWriter out = new WireWriter(256);
      batch().writeTo(out);
      return out.toBytes();
    });
  }

  List<byte[]> losses() {
    return many(() ->
        new LossRecord(Stream.generate(this::loss).limit(1 + random.nextInt(9)).toList())
            .toBytes());
  }

  List<byte[]> moved() {
    return many(() -> {
      List<MovedRecord.Entry> moved =
          LongStream.range(0, random.nextInt(9))
              .mapToObj(i -> new MovedRecord.Entry(1 + 10 * i, 5 + 10 * i, random.nextInt(99)))
              .toList();
      List<LossRecord.Entry> lost = Stream.generate(this::loss).limit(random.nextInt(5)).toList();
      return new MovedRecord(random.nextLong(), 100, 1_000, moved, lost).toBytes();
    });
  }

  List<byte[]> copies() {
    return many(() -> new CopiedBatch(batch()).toBytes());
  }

  /** Reads the body of a copy that has the header of its original, in another epoch. */
  static void readCopy(byte[] body) {
    BatchId id = new BatchId(new EpochId(SignedBatches.AGENT, 1), 1);
    BatchHeader header =
        new BatchHeader(BatchKind.COPY, id, 0, 10, T0, T0 + 11, 0, Sha256.of(body));
    CopiedBatch.parse(SigningPolicy.signContent(SignedBatches.KEY, header, body));
  }

  List<byte[]> sets() {
    return many(() -> set(1 + random.nextInt(12)).toBytes());
  }

  List<byte[]> blocks() {
    return many(() -> BlockCodec.encode(new Block(hash(), columns())));
  }

  List<byte[]> messages() {
    return many(() -> message().toBytes());
  }

  List<byte[]> segments() {
    return many(() -> segment(1 + random.nextInt(6)));
  }

  List<byte[]> bodies() {
    return many(() -> random.nextBoolean() ? plainBody() : blockBody());
  }

  SeriesSet set(int size) {
    return SeriesSet.of(IntStream.range(0, size).mapToObj(this::series).toList());
  }

  private Series series(int number) {
    SortedMap<String, String> labels = new TreeMap<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      labels.put(text(1), text(0));
    }
    MetricType type = MetricType.ofCode(1 + random.nextInt(3));
    return new Series("system." + number + text(0), type, text(0), labels);
  }

  private String text(int least) {
    String[] parts = {"cpu", "io.time", "\u00e4\u00f6", "\u20ac", "\ud83d\ude00", "\ue000", "_"};
    StringBuilder text = new StringBuilder("x".repeat(least));
    for (int i = random.nextInt(4); i > 0; i--) {
      text.append(parts[random.nextInt(parts.length)]);
    }
    return text.toString();
  }

  private Columns columns() {
    int rows = 1 + random.nextInt(20);
    int series = 1 + random.nextInt(8);
    long[] times = random.longs(rows, 0, 100_000).map(step -> T0 + step).toArray();
    Columns.Builder columns = new Columns.Builder(series, times);
    for (int column = 0; column < series; column++) {
      int kind = random.nextInt(8);
      boolean gaps = random.nextInt(3) == 0;
      for (int row = 0; row < rows; row++) {
        if (!gaps || random.nextBoolean()) {
          columns.set(column, row, value(kind, row));
        }
      }
    }
    return columns.build();
  }

  private double value(int kind, int row) {
    return switch (kind) {
      case 0 -> 1.0 / 3;
      case 1 -> 42.5;
      case 2 -> 1_000.0 + row;
      case 3 -> random.nextDouble();
      case 4 -> row % 3 == 0 ? Double.NaN : -0.0;
      case 5 -> random.nextInt(97) / (9_973.0 + row);
      case 6 -> 4_096.0 * random.nextInt(1_000);
      default -> random.nextInt(100) / 100.0;
    };
  }

  private LossRecord.Entry loss() {
    long from = 1L + random.nextInt(99);
    LossReason reason = LossReason.ofCode(1 + random.nextInt(4));
    return new LossRecord.Entry(from, from + random.nextInt(9), random.nextInt(99), reason);
  }

  private StoredMessage message() {
    byte[] bytes = new byte[random.nextInt(99)];
    random.nextBytes(bytes);
    Lane lane = random.nextBoolean() ? Lane.FRESH : Lane.BACKLOG;
    FrameAddress address = new FrameAddress(random.nextInt(32), lane);
    return new StoredMessage(address, random.nextInt(99), T0, "id-" + random.nextInt(), bytes);
  }

  private byte[] segment(int records) {
    ByteBuffer out = ByteBuffer.allocate(4_096);
    out.put(SegmentHeader.of(7, 1, 1, 0).toBytes());
    for (int i = 1; i <= records; i++) {
      RecordKind kind = RecordKind.ofCode(1 + random.nextInt(4)).orElseThrow();
      byte[] payload = message().toBytes();
      RecordFrame.write(out, kind, i, random.nextInt(out.position()), payload);
    }
    int zeros = random.nextInt(64);
    return Arrays.copyOf(out.array(), Math.min(out.capacity(), out.position() + zeros));
  }

  /** Twelve rows of two series. */
  private byte[] blockBody() {
    long[] times = IntStream.range(0, 12).mapToLong(i -> T0 + i).toArray();
    Columns.Builder columns = new Columns.Builder(2, times);
    for (int row = 0; row < 12; row++) {
      columns.set(0, row, value(random.nextInt(8), row)).set(1, row, row);
    }
    return new ProtobufBatchCodec()
        .encode(HEADER.id(), HEADER.sampleFrom(), T0, List.of(new Block(hash(), columns.build())));
  }

  /**
   * Ten gauges and counters, and two histograms of three boundaries, which are six samples each,
   * and two integers.
   */
  private byte[] plainBody() {
    ProtoBytes body = new ProtoBytes().text(1, HEADER.id().agent().value());
    for (int i = 0; i < 10; i++) {
      body.bytes(6, plain(i + 2, 1 + random.nextInt(2)).real(4, value(random.nextInt(8), i)));
    }
    for (int i = 0; i < 2; i++) {
      body.bytes(6, plain(i, 3).bytes(6, histogram()));
    }
    body.bytes(6, plain(11, 1).number(5, random.nextLong()));
    body.bytes(6, plain(11, 2).number(5, random.nextInt(9)));
    return body.entry(7, "k", "v").toBytes();
  }

  private ProtoBytes plain(int i, int type) {
    return new ProtoBytes()
        .text(1, "m" + random.nextInt(4) + text(0))
        .entry(2, text(1), text(0))
        .number(3, type)
        .number(7, T0 + i)
        .text(8, "By");
  }

  private static ProtoBytes histogram() {
    ProtoBytes boundaries = new ProtoBytes().bits(0.5).bits(1).bits(2.5);
    byte[] counts = {1, 2, 0, 4};
    return new ProtoBytes().bytes(1, boundaries).bytes(2, counts).number(3, 7).real(4, 9.5);
  }

  private Sha256 hash() {
    return new Sha256(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
  }

  private static List<byte[]> many(Supplier<byte[]> one) {
    return Stream.generate(one).limit(EACH).toList();
  }
}
