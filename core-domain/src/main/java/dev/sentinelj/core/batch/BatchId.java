package dev.sentinelj.core.batch;

/**
 * Identity of a batch.
 *
 * @param seq runs from 1 without gaps within an epoch, one per record of the agent's log
 */
public record BatchId(EpochId epoch, long seq) {
  public BatchId {
    if (seq < 1) {
      throw new IllegalArgumentException("a sequence number is at least 1, not " + seq);
    }
  }

  public AgentId agent() {
    return epoch.agent();
  }

  @Override
  public String toString() {
    return epoch + "/" + seq;
  }
}
