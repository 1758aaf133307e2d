package dev.sentinelj.adapters.protobuf;

import com.google.protobuf.UnsafeByteOperations;
import dev.sentinelj.core.batch.BatchHeader;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.block.Block;
import dev.sentinelj.core.block.BlockCodec;
import dev.sentinelj.core.wire.MalformedException;
import dev.sentinelj.ports.driven.BatchCodec;
import dev.sentinelj.proto.Batch;
import java.io.IOException;
import java.util.List;

/** Bodies as the message {@code sentinel.common.Batch}. */
public final class ProtobufBatchCodec implements BatchCodec {

  /** Repeats nothing of the header: of a batch of one row that would be a tenth. */
  @Override
  public byte[] encode(BatchId id, long sampleFrom, long createdAtMillis, List<Block> blocks) {
    Batch.Builder batch = Batch.newBuilder().setCreatedAtMs(createdAtMillis);
    for (Block block : blocks) {
      batch.addBlocks(UnsafeByteOperations.unsafeWrap(BlockCodec.encode(block)));
    }
    return batch.build().toByteArray();
  }

  @Override
  public List<Part> decode(BatchHeader header, byte[] body) {
    BodyReader reader = new BodyReader(MAX_CELLS);
    try {
      reader.read(body);
    } catch (IOException e) {
      throw new MalformedException("the body is no protobuf message", e);
    } catch (IllegalArgumentException e) {
      throw new MalformedException(String.valueOf(e.getMessage()), e);
    }
    reader.checkAgainst(header);
    return reader.parts();
  }
}
