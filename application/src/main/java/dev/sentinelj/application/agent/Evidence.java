package dev.sentinelj.application.agent;

import dev.sentinelj.core.ingest.Receipt;
import dev.sentinelj.core.time.Now;
import java.time.Duration;
import java.util.Comparator;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * What speaks for sending a batch again that a gateway took: its lane was read past the receipt, or
 * over another bus, and it is neither committed nor parked. What is committed is done with.
 */
final class Evidence {

  /** How often accepted batches are looked through for some that waited too long. */
  private static final long SWEEP_NANOS = 60_000_000_000L;

  private final Deliveries deliveries;
  private final CommittedWord word;
  private final OwnRows own;
  private final SetBook sets;
  private final long resendAnywayNanos;
  private final RandomGenerator random;
  private long sweptAtNanos;

  /**
   * @param resendAnyway after so long a batch is sent again without evidence
   */
  Evidence(
      Deliveries deliveries,
      CommittedWord word,
      OwnRows own,
      SetBook sets,
      Duration resendAnyway,
      RandomGenerator random) {
    this.deliveries = deliveries;
    this.word = word;
    this.own = own;
    this.sets = sets;
    this.resendAnywayNanos = resendAnyway.toNanos();
    this.random = random;
  }

  void opened(Now now) {
    sweptAtNanos = now.monotonicNanos();
  }

  /** Holds every delivery against the latest word. */
  void judgeAll(Now now) {
    deliveries.all().forEach(delivery -> judge(delivery, now));
  }

  /** Holds {@code delivery} against the latest word. */
  void judge(Delivery delivery, Now now) {
    long seq = delivery.seq;
    Receipt receipt = delivery.receipt;
    if (word.has(seq) && delivery.stage != Delivery.Stage.IN_FLIGHT) {
      if (delivery.stage == Delivery.Stage.ACCEPTED) {
        own.committed(seq);
      }
      sets.committed(delivery.carried);
      deliveries.remove(delivery);
    } else if (delivery.stage == Delivery.Stage.ACCEPTED && receipt != null) {
      if (word.disputed(seq) && word.passed(receipt)) {
        word.settle(seq); // what the marks say counts again
      }
      if (word.has(seq)) {
        deliveries.remove(delivery); // the next comparison of hashes decides
      } else if (word.provesLost(seq, receipt)) {
        long wait = delivery.backOffMillis(random) * 1_000_000;
        deliveries.waitUntil(delivery, now.monotonicNanos() + wait);
      }
    }
  }

  /** Has sent again what was accepted too long ago. */
  void poll(Now now) {
    if (now.monotonicNanos() - sweptAtNanos >= SWEEP_NANOS) {
      sweptAtNanos = now.monotonicNanos();
      accepted()
          .filter(d -> !word.parked(d.seq))
          .filter(d -> now.monotonicNanos() - d.sinceNanos >= resendAnywayNanos)
          .forEach(d -> deliveries.waitUntil(d, now.monotonicNanos()));
    }
  }

  /** Has the first parked batch sent again, because something is to travel beside it. */
  void bringParked(Now now) {
    accepted()
        .filter(d -> word.parked(d.seq))
        .min(Comparator.comparingLong(d -> d.seq))
        .ifPresent(d -> deliveries.waitUntil(d, now.monotonicNanos()));
  }

  private Stream<Delivery> accepted() {
    return deliveries.all().stream().filter(d -> d.stage == Delivery.Stage.ACCEPTED);
  }
}
