package dev.sentinelj.adapters.protobuf;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import dev.sentinelj.core.batch.BatchHeader;
import dev.sentinelj.core.block.Block;
import dev.sentinelj.core.block.BlockCodec;
import dev.sentinelj.core.wire.MalformedException;
import dev.sentinelj.ports.driven.BatchCodec.Part;
import dev.sentinelj.proto.Batch;
import dev.sentinelj.proto.Metric;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads one body. Metrics are taken one at a time and not as the generated {@code Batch}, because
 * two bytes of body would make an object of a hundred.
 */
final class BodyReader {
  private static final int WIRE_TYPE_BITS = 3;

  private final PlainMetrics metrics;
  private final List<Part> blocks = new ArrayList<>();
  private final int maxCells;
  private int blockCells;
  private String agentId = "";
  private long sampleFrom;
  private long sampleTo;
  private List<Part> parts = List.of();

  BodyReader(int maxCells) {
    this.maxCells = maxCells;
    this.metrics = new PlainMetrics(maxCells);
  }

  void read(byte[] body) throws IOException {
    CodedInputStream in = CodedInputStream.newInstance(body);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      readField(in, tag);
    }
    List<Part> all = new ArrayList<>(metrics.toParts());
    all.addAll(blocks);
    parts = List.copyOf(all);
    checkCells(cells(parts));
  }

  /**
   * Columns of plain metrics in the order they were sent, then blocks in the order they were sent.
   */
  List<Part> parts() {
    return parts;
  }

  /** Refuses a body that says something else than its header. */
  void checkAgainst(BatchHeader header) {
    boolean sameAgent = agentId.isEmpty() || agentId.equals(header.id().agent().value());
    if (!sameAgent) {
      throw new MalformedException("agent_id of the body is not the header's");
    }
    boolean sameRange =
        (sampleFrom == 0 && sampleTo == 0)
            || (sampleFrom == header.sampleFrom() && sampleTo == header.sampleTo());
    if (!sameRange) {
      throw new MalformedException("seq_start and seq_end of the body are not the header's");
    }
    checkSamples(header);
    checkTimes(header);
  }

  private void checkSamples(BatchHeader header) {
    long samples = 0;
    for (Part part : parts) {
      samples += part.columns().samples();
    }
    if (samples != header.samples()) {
      throw new MalformedException(
          "the header counts " + header.samples() + " samples, the body has " + samples);
    }
  }

  private void checkTimes(BatchHeader header) {
    long least = parts.isEmpty() ? 0 : Long.MAX_VALUE;
    long greatest = parts.isEmpty() ? 0 : Long.MIN_VALUE;
    for (Part part : parts) {
      least = Math.min(least, part.columns().leastTimeMillis());
      greatest = Math.max(greatest, part.columns().greatestTimeMillis());
    }
    if (least != header.leastTimeMillis() || greatest != header.greatestTimeMillis()) {
      throw new MalformedException("least or greatest time of the body is not the header's");
    }
  }

  private void readField(CodedInputStream in, int tag) throws IOException {
    switch (tag) {
      case Batch.AGENT_ID_FIELD_NUMBER << WIRE_TYPE_BITS | 2 ->
          agentId = in.readStringRequireUtf8();
      case Batch.SEQ_START_FIELD_NUMBER << WIRE_TYPE_BITS -> sampleFrom = in.readUInt64();
      case Batch.SEQ_END_FIELD_NUMBER << WIRE_TYPE_BITS -> sampleTo = in.readUInt64();
      case Batch.METRICS_FIELD_NUMBER << WIRE_TYPE_BITS | 2 ->
          metrics.add(Metric.parseFrom(in.readBytes()));
      case Batch.BLOCKS_FIELD_NUMBER << WIRE_TYPE_BITS | 2 -> addBlock(in.readBytes());
      default -> skip(in, tag);
    }
  }

  private static void skip(CodedInputStream in, int tag) throws IOException {
    if (!in.skipField(tag)) {
      throw new MalformedException("a group ends that never began");
    }
  }

  private void addBlock(ByteString bytes) {
    Block block = BlockCodec.decode(bytes.toByteArray(), maxCells - blockCells);
    blockCells += block.columns().rows() * block.columns().series();
    blocks.add(new Part.Referring(block));
  }

  private void checkCells(long cells) {
    if (cells > maxCells) {
      throw new MalformedException("more cells than " + maxCells);
    }
  }

  private static long cells(List<Part> parts) {
    long cells = 0;
    for (Part part : parts) {
      cells += (long) part.columns().rows() * part.columns().series();
    }
    return cells;
  }
}
