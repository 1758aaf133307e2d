package dev.sentinelj.core.batch;

import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.wire.MalformedException;
import dev.sentinelj.core.wire.WireReader;
import dev.sentinelj.core.wire.WireWriter;

/**
 * What is said about a batch before its body, in our own fixed binary form. The gateway decides
 * from it alone. Its SHA-256 is the <em>content hash</em>, which stands for the whole batch.
 *
 * <p>Layout, big-endian: text {@value #DOMAIN}, u8 version 1, u8 kind, text agent id, i64 epoch,
 * i64 seq, i64 sample_from, i64 sample_to, i64 least_time_ms, i64 greatest_time_ms, i64
 * clock_offset_ms, 32 bytes SHA-256 of the body.
 *
 * @param sampleFrom running count of samples of this epoch before this batch, at least 0
 * @param sampleTo the same after it: {@code sampleTo - sampleFrom} samples are in the body
 * @param leastTimeMillis least sample time, milliseconds since the Unix epoch; 0 without samples
 * @param greatestTimeMillis greatest sample time
 * @param clockOffsetMillis what was added to the agent's clock to get these times
 */
public record BatchHeader(
    BatchKind kind,
    BatchId id,
    long sampleFrom,
    long sampleTo,
    long leastTimeMillis,
    long greatestTimeMillis,
    long clockOffsetMillis,
    Sha256 bodyHash) {
  public static final String DOMAIN = "sentinel/batch-header";
  public static final int VERSION = 1;

  /** No valid header is longer. */
  public static final int MAX_BYTES = 256;

  /**
   * The greatest seq and the greatest count of samples that a worker enters: 2^53, above which they
   * are not exact in JSON, and what a batch adds to a sum is far from its end. At a million samples
   * a second a log gets there in 285 years.
   */
  public static final long MAX_COUNT = 1L << 53;

  public BatchHeader {
    if (sampleFrom < 0 || sampleTo < sampleFrom) {
      throw new IllegalArgumentException(
          "sample count runs backwards: " + sampleFrom + ".." + sampleTo);
    }
    if (greatestTimeMillis < leastTimeMillis) {
      throw new IllegalArgumentException("greatest sample time is before the least");
    }
  }

  public long samples() {
    return sampleTo - sampleFrom;
  }

  public byte[] toBytes() {
    return WireWriter.message(DOMAIN, VERSION, MAX_BYTES)
        .u8(kind.code())
        .text(id.agent().value())
        .i64(id.epoch().epoch())
        .i64(id.seq())
        .i64(sampleFrom)
        .i64(sampleTo)
        .i64(leastTimeMillis)
        .i64(greatestTimeMillis)
        .i64(clockOffsetMillis)
        .hash(bodyHash)
        .toBytes();
  }

  /**
   * @throws MalformedException when {@code bytes} is not a header of version 1
   */
  public static BatchHeader parse(byte[] bytes) {
    WireReader in = new WireReader(bytes);
    int version = in.message(DOMAIN);
    if (version != VERSION) {
      throw new UnsupportedVersionException(version);
    }
    try {
      BatchHeader header = read(in);
      in.end();
      return header;
    } catch (IllegalArgumentException e) {
      throw new MalformedException(String.valueOf(e.getMessage()), e);
    }
  }

  private static BatchHeader read(WireReader in) {
    return new BatchHeader(
        BatchKind.ofCode(in.u8("kind")),
        new BatchId(
            new EpochId(new AgentId(in.text("agent id", AgentId.MAX_BYTES)), in.i64("epoch")),
            in.i64("seq")),
        in.i64("sample_from"),
        in.i64("sample_to"),
        in.i64("least_time_ms"),
        in.i64("greatest_time_ms"),
        in.i64("clock_offset_ms"),
        in.hash("body hash"));
  }

  /** A header of a layout this build does not know: a permanent refusal, not damage. */
  public static final class UnsupportedVersionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnsupportedVersionException(int version) {
      super("batch header version " + version + ", this build knows " + VERSION);
    }
  }
}
