package dev.sentinelj.application.agent;

import dev.sentinelj.core.batch.BatchKind;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.ingest.Receipt;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What became in this session of one batch that the database is not known to have. Mutable. */
final class Delivery {

  /** Between two sendings of one batch: 1 s to 10 min. */
  private static final Backoff RESEND = new Backoff(1_000, 2_000, 600_000);

  enum Stage {
    /** Sent; no answer yet. */
    IN_FLIGHT,
    /** The answer is being worked on. */
    ANSWERED,
    /** The broker has it. */
    ACCEPTED,
    /** To be sent again at {@link #resendAtNanos}. */
    WAITING
  }

  final long seq;
  final int bytes;
  final long greatestTimeMillis;
  final boolean data;

  Stage stage = Stage.ANSWERED;
  long attempt;
  int sends;
  long sinceNanos;
  long resendAtNanos;
  @Nullable Receipt receipt;

  /** Sets that travelled beside the latest attempt. */
  List<Sha256> attached = List.of();

  /** Sets that travelled beside any accepted attempt. */
  final Set<Sha256> carried = new HashSet<>();

  Delivery(SignedBatch batch) {
    this.seq = batch.header().id().seq();
    this.bytes = batch.bodyLength();
    this.greatestTimeMillis = batch.header().greatestTimeMillis();
    this.data = hasSamples(batch);
  }

  /** Whether its times mean anything: of data, also as a copy. */
  static boolean hasSamples(SignedBatch batch) {
    BatchKind kind = batch.header().kind();
    return kind == BatchKind.DATA || (kind == BatchKind.COPY && batch.header().samples() > 0);
  }

  void sent(long newAttempt, List<Sha256> sets, long nowNanos) {
    stage = Stage.IN_FLIGHT;
    attempt = newAttempt;
    attached = sets;
    sends++;
    sinceNanos = nowNanos;
  }

  void accepted(Receipt where, long nowNanos) {
    stage = Stage.ACCEPTED;
    receipt = where;
    carried.addAll(attached);
    sinceNanos = nowNanos;
  }

  /** How long to wait before it is sent again, longer with each time it was. */
  long backOffMillis(RandomGenerator random) {
    return RESEND.millis(sends, random);
  }

  void waitUntil(long nanos) {
    stage = Stage.WAITING;
    resendAtNanos = nanos;
  }
}
