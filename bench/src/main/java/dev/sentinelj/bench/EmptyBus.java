package dev.sentinelj.bench;

import dev.sentinelj.core.frame.FrameAddress;
import dev.sentinelj.ports.driven.BatchBus;
import dev.sentinelj.ports.driven.BusPosition;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A bus that acknowledges at once and keeps nothing. One thread. */
final class EmptyBus implements BatchBus {
  private final int partitions;
  private long frames;

  EmptyBus(int partitions) {
    this.partitions = partitions;
  }

  long frames() {
    return frames;
  }

  @Override
  public int partitions() {
    return partitions;
  }

  @Override
  public CompletionStage<BusPosition> publish(
      FrameAddress address, String messageId, byte[] message) {
    frames++;
    return CompletableFuture.completedFuture(
        new BusPosition(1, frames, System.currentTimeMillis()));
  }

  @Override
  public List<Message> read(FrameAddress address, BusPosition after, int maxCount, long maxBytes) {
    return List.of();
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
