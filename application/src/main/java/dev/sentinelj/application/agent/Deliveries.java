package dev.sentinelj.application.agent;

import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.ingest.Receipt;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The batches sent in this session that are not known to be committed, with the window. */
final class Deliveries {

  /**
   * So many batches may be accepted and uncommitted before sending pauses; each costs about 200 B.
   */
  static final int MAX_TRACKED = 65_536;

  private final Map<Long, Delivery> bySeq = new HashMap<>();

  /** Those in flight, in the order they were sent. */
  private final SequencedSet<Delivery> window = new LinkedHashSet<>();

  private final TreeSet<Delivery> waiting =
      new TreeSet<>(
          Comparator.comparingLong((Delivery d) -> d.resendAtNanos).thenComparingLong(d -> d.seq));

  private long windowBytes;

  boolean tracks(long seq) {
    return bySeq.containsKey(seq);
  }

  boolean windowOpen(ExporterOptions options) {
    return window.size() < options.maxInFlight() && windowBytes < options.maxInFlightBytes();
  }

  boolean full() {
    return bySeq.size() >= MAX_TRACKED;
  }

  int inFlight() {
    return window.size();
  }

  Optional<Delivery> longestInFlight() {
    return window.isEmpty() ? Optional.empty() : Optional.of(window.getFirst());
  }

  /** A copy in the order of sending, so that deliveries may change meanwhile. */
  List<Delivery> allInFlight() {
    return new ArrayList<>(window);
  }

  /** Notes that {@code batch} is being sent; it is counted in the window until it is answered. */
  void sent(SignedBatch batch, long attempt, List<Sha256> attached, long nowNanos) {
    Delivery delivery = bySeq.computeIfAbsent(batch.id().seq(), _ -> new Delivery(batch));
    leave(delivery);
    delivery.sent(attempt, attached, nowNanos);
    window.add(delivery);
    windowBytes += delivery.bytes;
  }

  /**
   * What still waits for its answer under this seq and attempt. It leaves the window; the caller
   * says what becomes of it.
   */
  Optional<Delivery> answered(long seq, long attempt) {
    Delivery delivery = bySeq.get(seq);
    if (delivery == null
        || delivery.stage != Delivery.Stage.IN_FLIGHT
        || delivery.attempt != attempt) {
      return Optional.empty();
    }
    leave(delivery);
    delivery.stage = Delivery.Stage.ANSWERED;
    return Optional.of(delivery);
  }

  /** Has {@code delivery} sent again then. */
  void waitUntil(Delivery delivery, long nanos) {
    leave(delivery);
    delivery.waitUntil(nanos);
    waiting.add(delivery);
  }

  void accepted(Delivery delivery, Receipt receipt, long nowNanos) {
    leave(delivery);
    delivery.accepted(receipt, nowNanos);
  }

  void remove(Delivery delivery) {
    leave(delivery);
    bySeq.remove(delivery.seq);
  }

  /** In no order; a copy, so that deliveries may change meanwhile. */
  List<Delivery> all() {
    return new ArrayList<>(bySeq.values());
  }

  /** At most {@code limit} of those whose time to be sent again has come, longest due first. */
  List<Delivery> due(long nowNanos, int limit) {
    return waiting.stream()
        .takeWhile(delivery -> nowNanos - delivery.resendAtNanos >= 0)
        .limit(limit)
        .toList();
  }

  /** Least sample time of what no gateway has accepted; the greatest number without any. */
  long oldestUnacceptedMillis() {
    return Stream.concat(window.stream(), waiting.stream())
        .filter(delivery -> delivery.data)
        .mapToLong(delivery -> delivery.greatestTimeMillis)
        .min()
        .orElse(Long.MAX_VALUE);
  }

  void clear() {
    bySeq.clear();
    waiting.clear();
    window.clear();
    windowBytes = 0;
  }

  private void leave(Delivery delivery) {
    if (window.remove(delivery)) {
      windowBytes -= delivery.bytes;
    }
    waiting.remove(delivery);
  }
}
