package dev.sentinelj.core.batch;

import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.wire.MalformedException;
import dev.sentinelj.core.wire.WireReader;
import dev.sentinelj.core.wire.WireWriter;

/**
 * The body of a batch of kind {@link BatchKind#COPY}: a batch of another epoch of the same agent,
 * exactly as it was signed there. It gives the copy its origin, and the database the means to let
 * one content in once although two logs may have carried it over.
 *
 * <p>Layout: text {@value #DOMAIN}, u8 version 1, the original in its stored form. An original is
 * never a copy itself: copying a copy carries over what it holds.
 */
public record CopiedBatch(SignedBatch original) {
  public static final String DOMAIN = "sentinel/copy";

  /** What a copy is longer than the body of its original, at most. */
  public static final int OVERHEAD = 512;

  private static final int VERSION = 1;

  public CopiedBatch {
    if (original.header().kind() == BatchKind.COPY) {
      throw new IllegalArgumentException("an original that is a copy itself: " + original.id());
    }
  }

  /** What {@code batch} is a copy of, or {@code batch} itself. */
  public static SignedBatch originalOf(SignedBatch batch) {
    return batch.header().kind() == BatchKind.COPY ? parse(batch).original() : batch;
  }

  public Origin origin() {
    return new Origin(original.id(), original.contentHash());
  }

  /** Where a copied content was first: its id and content hash there. */
  public record Origin(BatchId id, Sha256 contentHash) {}

  public byte[] toBytes() {
    WireWriter out = WireWriter.message(DOMAIN, VERSION, original.bodyLength() + OVERHEAD);
    original.writeTo(out);
    return out.toBytes();
  }

  /**
   * The copy that {@code batch}, of kind {@link BatchKind#COPY}, carries.
   *
   * @throws MalformedException when its body is no copy of version 1, or the original is of another
   *     agent, of the same epoch, a copy, not the body its header names, or differs from the header
   *     of {@code batch} in the number of samples or their times
   */
  public static CopiedBatch parse(SignedBatch batch) {
    WireReader in = new WireReader(batch.body());
    if (in.message(DOMAIN) != VERSION) {
      throw new MalformedException("unknown version of a copied batch");
    }
    try {
      CopiedBatch copy = new CopiedBatch(SignedBatch.readFrom(in));
      in.end();
      copy.check(batch.header());
      return copy;
    } catch (IllegalArgumentException | BatchHeader.UnsupportedVersionException e) {
      throw new MalformedException(String.valueOf(e.getMessage()), e);
    }
  }

  private void check(BatchHeader copy) {
    BatchHeader own = original.header();
    boolean elsewhere =
        own.id().agent().equals(copy.id().agent()) && !own.id().epoch().equals(copy.id().epoch());
    boolean same =
        own.samples() == copy.samples()
            && own.leastTimeMillis() == copy.leastTimeMillis()
            && own.greatestTimeMillis() == copy.greatestTimeMillis();
    if (!elsewhere || !same || !original.bodyMatches()) {
      throw new MalformedException("the copied batch " + own.id() + " does not fit its copy");
    }
  }
}
