package dev.sentinelj.adapters.http;

import dev.sentinelj.core.batch.BatchHeader;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.wire.MalformedException;
import dev.sentinelj.core.wire.WireReader;
import java.util.Locale;
import java.util.Optional;

/**
 * What the header of a batch that was kept aside says.
 *
 * @param bodyMatches whether the body is the one that the header names
 */
record KeptHeader(
    String kind,
    String agent,
    String epoch,
    long seq,
    long sampleFrom,
    long sampleTo,
    String leastTime,
    String greatestTime,
    long clockOffsetMillis,
    String contentKey,
    String contentHash,
    long bodyBytes,
    boolean bodyMatches) {

  /** Kept bytes may be anything: a message of nobody, samples as text, a batch. */
  static Optional<KeptHeader> of(byte[] bytes) {
    try {
      WireReader in = new WireReader(bytes);
      SignedBatch batch = SignedBatch.readFrom(in);
      in.end();
      return Optional.of(of(batch));
    } catch (MalformedException
        | BatchHeader.UnsupportedVersionException
        | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static KeptHeader of(SignedBatch batch) {
    BatchHeader header = batch.header();
    return new KeptHeader(
        header.kind().name().toLowerCase(Locale.ROOT),
        header.id().agent().value(),
        EpochId.hex(header.id().epoch().epoch()),
        header.id().seq(),
        header.sampleFrom(),
        header.sampleTo(),
        Timestamps.format(header.leastTimeMillis()),
        Timestamps.format(header.greatestTimeMillis()),
        header.clockOffsetMillis(),
        batch.contentKey().value(),
        batch.contentHash().toHex(),
        batch.bodyLength(),
        batch.bodyMatches());
  }
}
