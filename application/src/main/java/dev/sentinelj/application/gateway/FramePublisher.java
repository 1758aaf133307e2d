package dev.sentinelj.application.gateway;

import dev.sentinelj.core.batch.BatchHeader;
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
  /** Above this share of the bus's space nothing more is taken. */
  public static final double FULL_RATIO = 0.8;

  private static final long FULL_DELAY_MILLIS = 5_000;
  private static final long UNAVAILABLE_DELAY_MILLIS = 2_000;
  private static final long BUSY_DELAY_MILLIS = 200;

  /** How old the reading of the bus's fill may be. */
  private static final long FILL_EVERY_NANOS = 250_000_000L;

  /** What an entry takes in a frame beyond its own bytes, rounded up. */
  private static final int ENTRY_OVERHEAD = 192;

  private final BatchBus bus;
  private final MacKey clusterKey;
  private final RandomGenerator random;
  private final Limits limits;
  private final Map<FrameAddress, OpenFrame> open = new HashMap<>();
  private final Map<FrameAddress, SerialCalls> lines = new HashMap<>();
  private int publications;
  private long bytesHeld;
  private long fillReadAtNanos;
  private FillState fill = FillState.UNREAD;

  /**
   * @param clusterKey for {@link dev.sentinelj.core.signing.Purpose#FRAME}
   * @param random names publications; guarded by this object
   */
  public FramePublisher(BatchBus bus, MacKey clusterKey, RandomGenerator random, Limits limits) {
    this.bus = bus;
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

  /** What the bus said about its space. */
  private enum FillState {
    UNREAD,
    ROOM,
    FULL,
    UNREACHABLE
  }

  /**
   * Takes a verified batch. The stage never fails: it completes with {@link IngestVerdict.Accepted}
   * after the bus's acknowledgement, or with {@link IngestVerdict.Retry}.
   */
  public CompletionStage<IngestVerdict> offer(FrameEntry entry, Now now) {
    readFill(now);
    FrameAddress address = addressOf(entry);
    Pending pending = new Pending(entry, sizeOf(entry), new CompletableFuture<>());
    synchronized (this) {
      IngestVerdict no = refusal(pending.bytes);
      if (no != null) {
        return CompletableFuture.completedFuture(no);
      }
      add(address, pending, now);
    }
    line(address).drain();
    return pending.done;
  }

  /** Publishes the frames that are due. */
  public void poll(Now now) {
    readFill(now);
    List<FrameAddress> closed = new ArrayList<>();
    synchronized (this) {
      for (OpenFrame frame : List.copyOf(open.values())) {
        if (frame.dueNanos - now.monotonicNanos() <= 0) {
          close(frame);
          closed.add(frame.address);
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
    return open.values().stream().mapToLong(frame -> frame.dueNanos).min();
  }

  /** Whether the bus answers and has room, by the last reading. */
  public synchronized boolean hasRoom() {
    return fill == FillState.ROOM || fill == FillState.UNREAD;
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

  private static long sizeOf(FrameEntry entry) {
    long size = (long) ENTRY_OVERHEAD + BatchHeader.MAX_BYTES + entry.batch().bodyLength();
    for (byte[] set : entry.sets()) {
      size += set.length + Integer.BYTES;
    }
    return size;
  }

  private @Nullable IngestVerdict refusal(long bytes) {
    return switch (fill) {
      case FULL -> new IngestVerdict.Retry(RetryReason.BUS_FULL, FULL_DELAY_MILLIS);
      case UNREACHABLE -> unavailable();
      case ROOM, UNREAD ->
          publications >= limits.maxPublications || bytesHeld + bytes > limits.maxBytes
              ? new IngestVerdict.Retry(RetryReason.BUSY, BUSY_DELAY_MILLIS)
              : null;
    };
  }

  private static IngestVerdict unavailable() {
    return new IngestVerdict.Retry(RetryReason.BUS_UNAVAILABLE, UNAVAILABLE_DELAY_MILLIS);
  }

  private void add(FrameAddress address, Pending pending, Now now) {
    OpenFrame frame = open.get(address);
    if (frame != null && !frame.takes(pending.bytes)) {
      close(frame);
      frame = null;
    }
    if (frame == null) {
      long due = now.monotonicNanos() + limits.lingerMillis * 1_000_000;
      frame = new OpenFrame(address, due);
      open.put(address, frame);
    }
    frame.add(pending);
    bytesHeld += pending.bytes;
    if (frame.full()) {
      close(frame);
    }
  }

  /** Fixes the place of {@code frame} in its queue; it leaves when the line is drained. */
  private void close(OpenFrame frame) {
    open.remove(frame.address);
    publications++;
    byte[] id = new byte[16];
    random.nextBytes(id);
    String messageId = HexFormat.of().formatHex(id);
    line(frame.address).add(() -> publish(frame, messageId));
  }

  private synchronized SerialCalls line(FrameAddress address) {
    return lines.computeIfAbsent(address, _ -> new SerialCalls());
  }

  private void publish(OpenFrame frame, String messageId) {
    List<FrameEntry> entries = frame.pending.stream().map(Pending::entry).toList();
    byte[] sealed = Frame.seal(new Frame.Batches(entries), frame.address, clusterKey);
    Failpoint.GATEWAY_PUBLISH_BEFORE.hit();
    publication(frame.address, messageId, sealed)
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
      bytesHeld -= frame.bytes;
    }
    Failpoint.GATEWAY_PUBLISH_AFTER.hit();
    IngestVerdict verdict =
        position == null ? verdictOn(failure) : accepted(frame.address, position);
    frame.pending.forEach(pending -> pending.done.complete(verdict));
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
    return cause instanceof BatchBus.BusFullException
        ? new IngestVerdict.Retry(RetryReason.BUS_FULL, FULL_DELAY_MILLIS)
        : unavailable();
  }

  private void readFill(Now now) {
    synchronized (this) {
      long age = now.monotonicNanos() - fillReadAtNanos;
      if (fill != FillState.UNREAD && age < FILL_EVERY_NANOS) {
        return;
      }
      fillReadAtNanos = now.monotonicNanos();
    }
    FillState read = fillNow();
    synchronized (this) {
      fill = read;
    }
  }

  private FillState fillNow() {
    try {
      return bus.fill().ratio() >= FULL_RATIO ? FillState.FULL : FillState.ROOM;
    } catch (PortUnavailableException e) {
      return FillState.UNREACHABLE;
    }
  }

  /** A batch that waits for the acknowledgement of its frame. */
  private record Pending(FrameEntry entry, long bytes, CompletableFuture<IngestVerdict> done) {}

  /** A frame that still takes batches; guarded by the publisher until it is closed. */
  private static final class OpenFrame {
    private final FrameAddress address;
    private final long dueNanos;
    private final List<Pending> pending = new ArrayList<>();
    private long bytes;

    OpenFrame(FrameAddress address, long dueNanos) {
      this.address = address;
      this.dueNanos = dueNanos;
    }

    boolean takes(long more) {
      return bytes + more <= Frame.TARGET_BYTES;
    }

    void add(Pending one) {
      pending.add(one);
      bytes += one.bytes;
    }

    boolean full() {
      return bytes >= Frame.TARGET_BYTES || pending.size() == Frame.MAX_ENTRIES;
    }
  }
}
