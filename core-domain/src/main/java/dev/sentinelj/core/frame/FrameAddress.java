package dev.sentinelj.core.frame;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.digest.Sha256;
import java.nio.charset.StandardCharsets;

/** Which queue of the bus a frame belongs to. */
public record FrameAddress(int partition, Lane lane) {
  public static final int MAX_PARTITIONS = 1_024;

  public FrameAddress {
    if (partition < 0 || partition >= MAX_PARTITIONS) {
      throw new IllegalArgumentException("bad partition " + partition);
    }
  }

  /**
   * The partition of an agent: the first 8 bytes of the SHA-256 of its id as an unsigned number,
   * modulo {@code partitions}. It never changes while the number of partitions stays.
   */
  public static int partitionOf(AgentId agent, int partitions) {
    long first = Sha256.of(agent.value().getBytes(StandardCharsets.UTF_8)).word0();
    return (int) Long.remainderUnsigned(first, partitions);
  }
}
