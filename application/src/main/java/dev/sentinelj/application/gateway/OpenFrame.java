package dev.sentinelj.application.gateway;

import dev.sentinelj.core.batch.BatchHeader;
import dev.sentinelj.core.frame.Frame;
import dev.sentinelj.core.frame.FrameAddress;
import dev.sentinelj.core.frame.FrameEntry;
import dev.sentinelj.core.ingest.IngestVerdict;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A frame that still takes batches; guarded by the publisher until it is closed. */
final class OpenFrame {

  /** What an entry takes in a frame beyond its own bytes, rounded up. */
  private static final int ENTRY_OVERHEAD = 192;

  private final FrameAddress address;
  private final long dueNanos;
  private final List<Pending> pending = new ArrayList<>();
  private long bytes;

  /** A batch that waits for the acknowledgement of its frame. */
  record Pending(FrameEntry entry, long bytes, CompletableFuture<IngestVerdict> done) {
    static Pending of(FrameEntry entry) {
      long size = (long) ENTRY_OVERHEAD + BatchHeader.MAX_BYTES + entry.batch().bodyLength();
      for (byte[] set : entry.sets()) {
        size += set.length + Integer.BYTES;
      }
      return new Pending(entry, size, new CompletableFuture<>());
    }
  }

  /**
   * @param dueNanos when it leaves although it is not full, by the monotonic clock
   */
  OpenFrame(FrameAddress address, long dueNanos) {
    this.address = address;
    this.dueNanos = dueNanos;
  }

  FrameAddress address() {
    return address;
  }

  long dueNanos() {
    return dueNanos;
  }

  long bytes() {
    return bytes;
  }

  boolean takes(Pending one) {
    return bytes + one.bytes <= Frame.TARGET_BYTES;
  }

  void add(Pending one) {
    pending.add(one);
    bytes += one.bytes;
  }

  boolean full() {
    return bytes >= Frame.TARGET_BYTES || pending.size() == Frame.MAX_ENTRIES;
  }

  Frame.Batches batches() {
    return new Frame.Batches(pending.stream().map(Pending::entry).toList());
  }

  /** Answers every batch in it. */
  void answer(IngestVerdict verdict) {
    pending.forEach(one -> one.done.complete(verdict));
  }
}
