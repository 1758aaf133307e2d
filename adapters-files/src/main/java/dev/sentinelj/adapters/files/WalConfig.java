package dev.sentinelj.adapters.files;

/**
 * Limits of a {@link FileBatchLog}.
 *
 * @param segmentBytes size of a new segment; one that must hold a larger batch is made larger
 * @param maxBytes how much disk the log may take, at least two segments
 * @param minFreeBytes no new segment is begun when less than this would stay free on the file
 *     system
 */
public record WalConfig(int segmentBytes, long maxBytes, long minFreeBytes) {
  public static final int SEGMENT_BYTES = 16 << 20;
  public static final int MIN_SEGMENT_BYTES = 4 << 10;
  public static final long MAX_BYTES = 1L << 30;
  public static final long MIN_FREE_BYTES = 256L << 20;

  public WalConfig {
    if (segmentBytes < MIN_SEGMENT_BYTES || segmentBytes > MAX_BYTES) {
      throw new IllegalArgumentException(
          "a segment has "
              + MIN_SEGMENT_BYTES
              + " to "
              + MAX_BYTES
              + " bytes, not "
              + segmentBytes);
    }
    if (maxBytes < 2L * segmentBytes) {
      throw new IllegalArgumentException(
          "the log needs room for two segments: " + maxBytes + " < 2 * " + segmentBytes);
    }
    if (minFreeBytes < 0) {
      throw new IllegalArgumentException("negative free space: " + minFreeBytes);
    }
  }

  /** 16 MiB segments, 1 GiB in all, 256 MiB left free. */
  public static WalConfig defaults() {
    return new WalConfig(SEGMENT_BYTES, MAX_BYTES, MIN_FREE_BYTES);
  }
}
