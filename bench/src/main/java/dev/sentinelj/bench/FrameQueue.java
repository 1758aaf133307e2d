package dev.sentinelj.bench;

import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.frame.FrameAddress;
import dev.sentinelj.ports.driven.BatchBus;
import dev.sentinelj.ports.driven.BusPosition;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The fresh lane of one partition, filled by hand; what was read is dropped. One thread. */
final class FrameQueue implements BatchBus {
  private final List<Message> messages = new ArrayList<>();
  private long sequence;

  void add(byte[] frame) {
    sequence++;
    messages.add(new Message(new BusPosition(1, sequence, System.currentTimeMillis()), frame));
  }

  /** Whether {@code position} is the last there is; drops everything if so. */
  boolean drained(BusPosition position) {
    boolean drained = position.sequence() == sequence;
    if (drained) {
      messages.clear();
    }
    return drained;
  }

  @Override
  public int partitions() {
    return 1;
  }

  @Override
  public CompletionStage<BusPosition> publish(
      FrameAddress address, String messageId, byte[] message) {
    return CompletableFuture.failedFuture(new UnsupportedOperationException("filled by hand"));
  }

  @Override
  public List<Message> read(FrameAddress address, BusPosition after, int maxCount, long maxBytes) {
    if (messages.isEmpty() || address.lane() != Lane.FRESH) {
      return List.of();
    }
    long first = messages.getFirst().position().sequence();
    int from = (int) Math.max(0, after.sequence() + 1 - first);
    List<Message> found = new ArrayList<>();
    long bytes = 0;
    for (int i = from; i < messages.size() && found.size() < maxCount; i++) {
      bytes += messages.get(i).bytes().length;
      if (bytes > maxBytes && !found.isEmpty()) {
        break;
      }
      found.add(messages.get(i));
    }
    return found;
  }

  @Override
  public BusPosition verify(FrameAddress address, BusPosition committed) {
    return committed;
  }

  @Override
  public void forget(FrameAddress address, BusPosition position) {}

  @Override
  public void onArrival(Runnable listener) {}

  @Override
  public Fill fill() {
    return new Fill(0, 1);
  }

  @Override
  public Durability durability() {
    return Durability.MEMORY;
  }
}
