package dev.sentinelj.adapters.memory;

import dev.sentinelj.core.batch.BatchHeader;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.block.Block;
import dev.sentinelj.core.block.BlockCodec;
import dev.sentinelj.core.wire.MalformedException;
import dev.sentinelj.core.wire.WireReader;
import dev.sentinelj.core.wire.WireWriter;
import dev.sentinelj.ports.driven.BatchCodec;
import java.util.ArrayList;
import java.util.List;

/**
 * Bodies without protobuf, for tests of what stands above it.
 *
 * <p>Layout: text {@value #DOMAIN}, u8 version 1, text agent id, i64 epoch, i64 seq, i64
 * sample_from, i64 created_at_ms, u16 count, and each block as long bytes.
 */
public final class InMemoryBatchCodec implements BatchCodec {
  private static final String DOMAIN = "sentinel/memory-body";
  private static final int VERSION = 1;

  @Override
  public byte[] encode(BatchId id, long sampleFrom, long createdAtMillis, List<Block> blocks) {
    WireWriter out =
        WireWriter.message(DOMAIN, VERSION, 1_024)
            .text(id.agent().value())
            .i64(id.epoch().epoch())
            .i64(id.seq())
            .i64(sampleFrom)
            .i64(createdAtMillis)
            .u16(blocks.size());
    blocks.forEach(block -> out.longBytes(BlockCodec.encode(block)));
    return out.toBytes();
  }

  @Override
  public List<Part> decode(BatchHeader header, byte[] body) {
    WireReader in = new WireReader(body);
    if (in.message(DOMAIN) != VERSION) {
      throw new MalformedException("unknown version of a body");
    }
    BatchId id = header.id();
    agree("agent", in.text("agent").equals(id.agent().value()));
    agree("epoch", in.i64("epoch") == id.epoch().epoch());
    agree("seq", in.i64("seq") == id.seq());
    agree("sample_from", in.i64("sample_from") == header.sampleFrom());
    in.i64("created_at_ms");
    List<Part> parts = blocks(in);
    in.end();
    agree(header, parts);
    return parts;
  }

  private static List<Part> blocks(WireReader in) {
    int count = in.u16("blocks");
    List<Part> parts = new ArrayList<>();
    int cells = MAX_CELLS;
    for (int i = 0; i < count; i++) {
      Block block = BlockCodec.decode(in.longBytes("block"), cells);
      cells -= block.columns().rows() * block.columns().series();
      parts.add(new Part.Referring(block));
    }
    return parts;
  }

  private static void agree(BatchHeader header, List<Part> parts) {
    long samples = parts.stream().mapToLong(part -> part.columns().samples()).sum();
    agree("sample count", samples == header.samples());
    long least = parts.stream().mapToLong(part -> part.columns().leastTimeMillis()).min().orElse(0);
    long greatest =
        parts.stream().mapToLong(part -> part.columns().greatestTimeMillis()).max().orElse(0);
    boolean same = least == header.leastTimeMillis() && greatest == header.greatestTimeMillis();
    agree("sample times", parts.isEmpty() || same);
  }

  private static void agree(String field, boolean same) {
    if (!same) {
      throw new MalformedException(field + " of body and header differ");
    }
  }
}
