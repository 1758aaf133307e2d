package dev.sentinelj.core.frame;

import dev.sentinelj.core.batch.SignedBatch;
import java.util.List;

/**
 * One batch of a frame, with what the gateway knew when it published it.
 *
 * @param attempt of the envelope it came in
 * @param sentAtMillis of the envelope, by the agent's clock
 * @param sets definitions that travelled beside it, as bytes whose hashes the gateway checked
 */
public record FrameEntry(SignedBatch batch, long attempt, long sentAtMillis, List<byte[]> sets) {
  public FrameEntry {
    sets = List.copyOf(sets);
  }
}
