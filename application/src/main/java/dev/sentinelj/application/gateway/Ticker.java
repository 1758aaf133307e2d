package dev.sentinelj.application.gateway;

import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.frame.Frame;
import dev.sentinelj.core.frame.FrameAddress;
import dev.sentinelj.core.signing.MacKey;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.BatchBus;
import java.util.HashSet;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Puts time on the bus: each second in which this gateway would take a batch, one tick to the fresh
 * lane of each partition. All gateways name the tick of a second alike, so the bus keeps one.
 *
 * <p>{@link #poll} is called by one thread; the answers of the bus come from any.
 */
public final class Ticker {
  private final BatchBus bus;
  private final MacKey clusterKey;
  private final BooleanSupplier ready;
  private final Set<Integer> underWay = new HashSet<>();
  private long lastSecond = Long.MIN_VALUE;

  /**
   * @param ready whether a batch would be taken now: registry usable, bus below its limits, own
   *     listener answering
   */
  public Ticker(BatchBus bus, MacKey clusterKey, BooleanSupplier ready) {
    this.bus = bus;
    this.clusterKey = clusterKey;
    this.ready = ready;
  }

  public void poll(Now now) {
    long second = Math.floorDiv(now.wallMillis(), 1_000L);
    if (second <= lastSecond || !ready.getAsBoolean()) {
      return;
    }
    lastSecond = second;
    for (int partition = 0; partition < bus.partitions(); partition++) {
      if (begin(partition)) {
        publish(partition, second);
      }
    }
  }

  private void publish(int partition, long second) {
    FrameAddress address = new FrameAddress(partition, Lane.FRESH);
    byte[] sealed = Frame.seal(new Frame.Tick(second), address, clusterKey);
    try {
      bus.publish(address, "tick/" + partition + "/" + second, sealed)
          .whenComplete((_, _) -> end(partition)); // a tick that fails is a second nobody was ready
    } catch (PortUnavailableException | BatchBus.BusFullException e) {
      end(partition);
    }
  }

  /** One tick of a partition at a time: a bus that hangs gathers no heap of them. */
  private synchronized boolean begin(int partition) {
    return underWay.add(partition);
  }

  private synchronized void end(int partition) {
    underWay.remove(partition);
  }
}
