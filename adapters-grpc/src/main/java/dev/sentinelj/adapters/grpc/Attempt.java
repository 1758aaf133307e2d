package dev.sentinelj.adapters.grpc;

import dev.sentinelj.core.batch.BatchHeader;
import dev.sentinelj.core.ingest.RawSubmission;
import dev.sentinelj.core.signing.Envelope;
import dev.sentinelj.core.wire.MalformedException;
import java.util.Optional;

/** Which sending an answer is about. */
record Attempt(long epoch, long seq, long attempt) {

  /** Read from the bytes without believing them; empty when they cannot be read. */
  static Optional<Attempt> of(RawSubmission raw) {
    try {
      var id = BatchHeader.parse(raw.header()).id();
      long attempt = Envelope.Signed.parse(raw.envelope()).envelope().attempt();
      return Optional.of(new Attempt(id.epoch().epoch(), id.seq(), attempt));
    } catch (MalformedException | BatchHeader.UnsupportedVersionException _) {
      return Optional.empty();
    }
  }
}
