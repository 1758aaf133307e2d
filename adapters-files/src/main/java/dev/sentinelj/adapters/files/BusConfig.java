package dev.sentinelj.adapters.files;

import dev.sentinelj.core.frame.FrameAddress;

/**
 * Shape and limits of a {@link FileBatchBus}.
 *
 * @param partitions fixed when the directory is made; opening it with another number is refused
 * @param segmentBytes size of a new segment; one that must hold a larger message is made larger
 * @param maxBytes how much disk segments may take before no other is begun, at least four of them;
 *     the last message of each queue is not counted
 * @param minFreeBytes no new segment is begun when less than this would stay free on the file
 *     system
 */
public record BusConfig(int partitions, int segmentBytes, long maxBytes, long minFreeBytes) {
  public static final int PARTITIONS = 4;

  public BusConfig {
    if (partitions < 1 || partitions > FrameAddress.MAX_PARTITIONS) {
      throw new IllegalArgumentException(
          "1 to " + FrameAddress.MAX_PARTITIONS + " partitions, not " + partitions);
    }
    if (segmentBytes < WalConfig.MIN_SEGMENT_BYTES || segmentBytes > WalConfig.MAX_BYTES) {
      throw new IllegalArgumentException("bad size of a segment: " + segmentBytes);
    }
    if (maxBytes < 4L * segmentBytes || minFreeBytes < 0) {
      throw new IllegalArgumentException(
          "the bus needs room for four segments: " + maxBytes + " < 4 * " + segmentBytes);
    }
  }

  /** 4 partitions, 16 MiB segments, 1 GiB in all, 256 MiB left free. */
  public static BusConfig defaults() {
    return new BusConfig(
        PARTITIONS, WalConfig.SEGMENT_BYTES, WalConfig.MAX_BYTES, WalConfig.MIN_FREE_BYTES);
  }
}
