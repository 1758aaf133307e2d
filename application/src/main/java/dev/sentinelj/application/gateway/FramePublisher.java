package dev.sentinelj.application.gateway;

import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.failpoint.Failpoint;
import dev.sentinelj.core.frame.Frame;
import dev.sentinelj.core.frame.FrameAddress;
import dev.sentinelj.core.frame.FrameEntry;
import dev.sentinelj.core.ingest.IngestVerdict;
import dev.sentinelj.core.ingest.Receipt;
import dev.sentinelj.core.ingest.RetryReason;
import dev.sentinelj.core.signing.MacKey;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.BatchBus;
import dev.sentinelj.ports.driven.BusPosition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Packs verified batches into sealed frames and publishes them. A frame holds batches of one
 * partition and lane and leaves when it is full or {@link Limits#lingerMillis} old, whichever is
 * first; frames of one queue leave in the order they were closed.
 *
 * <p>Thread safe: batches are offered by transport threads, {@link #poll} is called by the runner
 * every few milliseconds. No lock is held while a frame is sealed, published or answered.
 */
public final class FramePublisher {
  /** As much is on its way as may be; so many milliseconds later some of it will have arrived. */
  private static final IngestVerdict BUSY = new IngestVerdict.Retry(RetryReason.BUSY, 200);

  private final BatchBus bus;
  private final BusSpace space;
  private final MacKey clusterKey;
  private final RandomGenerator random;
  private final Limits limits;
  private final Map<FrameAddress, OpenFrame> open = new HashMap<>();
  private final Map<FrameAddress, SerialCalls> lines = new HashMap<>();
  private int publications;
  private long bytesHeld;

  /**
   * @param clusterKey for {@link dev.sentinelj.core.signing.Purpose#FRAME}
   * @param random names publications; guarded by this object
   */
  public FramePublisher(BatchBus bus, MacKey clusterKey, RandomGenerator random, Limits limits) {
    this.bus = bus;
    this.space = new BusSpace(bus);
    this.clusterKey = clusterKey;
    this.random = random;
    this.limits = limits;
  }

  /**
   * @param maxPublications frames handed to the bus and not yet acknowledged
   * @param maxBytes bytes of batches in open frames and unacknowledged publications
   * @param lingerMillis how long the first batch of a frame waits for others
   */
  public record Limits(int maxPublications, long maxBytes, long lingerMillis) {
    public static final Limits DEFAULT = new Limits(256, 64L << 20, 5);
  }

  /**
   * Takes a verified batch. The stage never fails: it completes with {@link IngestVerdict.Accepted}
   * after the bus's acknowledgement, or with {@link IngestVerdict.Retry}.
   */
  public CompletionStage<IngestVerdict> offer(FrameEntry entry, Now now) {
    space.read(now);
    FrameAddress address = addressOf(entry);
    OpenFrame.Pending pending = OpenFrame.Pending.of(entry);
    synchronized (this) {
      Optional<IngestVerdict> no = space.refusal().or(() -> busy(pending));
      if (no.isPresent()) {
        return CompletableFuture.completedFuture(no.get());
      }
      add(address, pending, now);
    }
    line(address).drain();
    return pending.done();
  }

  /** Publishes the frames that are due. */
  public void poll(Now now) {
    space.read(now);
    List<FrameAddress> closed = new ArrayList<>();
    synchronized (this) {
      for (OpenFrame frame : List.copyOf(open.values())) {
        if (frame.dueNanos() - now.monotonicNanos() <= 0) {
          close(frame);
          closed.add(frame.address());
        }
      }
    }
    closed.forEach(address -> line(address).drain());
  }

  /**
   * When {@link #poll} has something to do next, by the monotonic clock; empty while no frame is
   * open.
   */
  public synchronized OptionalLong nextDeadline() {
    return open.values().stream().mapToLong(OpenFrame::dueNanos).min();
  }

  /** Whether the bus answers and has room, by the last reading. */
  public boolean hasRoom() {
    return space.refusal().isEmpty();
  }

  /** Bytes of batches that wait for an acknowledgement. */
  public synchronized long bytesHeld() {
    return bytesHeld;
  }

  private FrameAddress addressOf(FrameEntry entry) {
    int partition = FrameAddress.partitionOf(entry.batch().id().agent(), bus.partitions());
    long newest = entry.batch().header().greatestTimeMillis();
    return new FrameAddress(partition, Lane.of(entry.sentAtMillis(), newest));
  }

  private Optional<IngestVerdict> busy(OpenFrame.Pending pending) {
    boolean busy =
        publications >= limits.maxPublications || bytesHeld + pending.bytes() > limits.maxBytes;
    return busy ? Optional.of(BUSY) : Optional.empty();
  }

  private void add(FrameAddress address, OpenFrame.Pending pending, Now now) {
    OpenFrame frame = open.get(address);
    if (frame != null && !frame.takes(pending)) {
      close(frame);
      frame = null;
    }
    if (frame == null) {
      long due = now.monotonicNanos() + limits.lingerMillis * 1_000_000;
      frame = new OpenFrame(address, due);
      open.put(address, frame);
    }
    frame.add(pending);
    bytesHeld += pending.bytes();
    if (frame.full()) {
      close(frame);
    }
  }

  /** Fixes the place of {@code frame} in its queue; it leaves when the line is drained. */
  private void close(OpenFrame frame) {
    open.remove(frame.address());
    publications++;
    byte[] id = new byte[16];
    random.nextBytes(id);
    String messageId = HexFormat.of().formatHex(id);
    line(frame.address()).add(() -> publish(frame, messageId));
  }

  private synchronized SerialCalls line(FrameAddress address) {
    return lines.computeIfAbsent(address, _ -> new SerialCalls());
  }

  private void publish(OpenFrame frame, String messageId) {
    byte[] sealed = Frame.seal(frame.batches(), frame.address(), clusterKey);
    Failpoint.GATEWAY_PUBLISH_BEFORE.hit();
    publication(frame.address(), messageId, sealed)
        .whenComplete((position, failure) -> answer(frame, position, failure));
  }

  private CompletionStage<BusPosition> publication(
      FrameAddress address, String messageId, byte[] sealed) {
    try {
      return bus.publish(address, messageId, sealed);
    } catch (PortUnavailableException | BatchBus.BusFullException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private void answer(
      OpenFrame frame, @Nullable BusPosition position, @Nullable Throwable failure) {
    synchronized (this) {
      publications--;
      bytesHeld -= frame.bytes();
    }
    Failpoint.GATEWAY_PUBLISH_AFTER.hit();
    IngestVerdict verdict =
        position == null ? verdictOn(failure) : accepted(frame.address(), position);
    frame.answer(verdict);
  }

  private static IngestVerdict accepted(FrameAddress address, BusPosition position) {
    return new IngestVerdict.Accepted(
        new Receipt(
            address.partition(), address.lane(), position.generation(), position.sequence()));
  }

  private static IngestVerdict verdictOn(@Nullable Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return cause instanceof BatchBus.BusFullException ? BusSpace.FULL : BusSpace.UNREACHABLE;
  }
}
