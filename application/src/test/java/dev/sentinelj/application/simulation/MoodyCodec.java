package dev.sentinelj.application.simulation;

import dev.sentinelj.adapters.memory.InMemoryBatchCodec;
import dev.sentinelj.core.batch.BatchHeader;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.block.Block;
import dev.sentinelj.core.wire.MalformedException;
import dev.sentinelj.ports.driven.BatchCodec;
import java.util.List;

/** Refuses every seventh body, whatever it is. */
final class MoodyCodec implements BatchCodec {
  private final BatchCodec codec = new InMemoryBatchCodec();
  private int asked;

  @Override
  public byte[] encode(BatchId id, long sampleFrom, long createdAtMillis, List<Block> blocks) {
    return codec.encode(id, sampleFrom, createdAtMillis, blocks);
  }

  @Override
  public List<Part> decode(BatchHeader header, byte[] body) {
    if (++asked % 7 == 0) {
      throw new MalformedException("not today");
    }
    return codec.decode(header, body);
  }
}
