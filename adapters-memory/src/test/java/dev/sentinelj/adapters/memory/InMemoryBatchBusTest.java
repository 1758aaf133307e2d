package dev.sentinelj.adapters.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.frame.FrameAddress;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.BatchBus;
import dev.sentinelj.ports.driven.BusPosition;
import dev.sentinelj.testkit.BatchBusContract;
import dev.sentinelj.testkit.Stages;
import org.junit.jupiter.api.Test;

class InMemoryBatchBusTest extends BatchBusContract {
  private static final FrameAddress QUEUE = new FrameAddress(0, Lane.FRESH);

  private long clock = 1_000;

  @Override
  protected BatchBus create(long maxBytes) {
    return new InMemoryBatchBus(4, maxBytes, () -> clock++);
  }

  @Override
  protected BatchBus recreated(BatchBus lost) {
    ((InMemoryBatchBus) lost).loseAll();
    return lost;
  }

  @Test
  void loseAll_whereNothingWasRead_isNoticedUntilItIsTaken() {
    InMemoryBatchBus bus = new InMemoryBatchBus(1, 1_000, () -> clock++);
    bus.verify(QUEUE, BusPosition.START);
    BusPosition unread = Stages.await(bus.publish(QUEUE, "a", new byte[1]));

    bus.loseAll();
    BusPosition raised = bus.verify(QUEUE, BusPosition.START);

    assertThat(raised.generation()).isGreaterThan(unread.generation());
    assertThat(bus.verify(QUEUE, BusPosition.START)).isEqualTo(raised);
    assertThat(bus.verify(QUEUE, raised)).isEqualTo(raised);
  }

  @Test
  void loseAll_again_givesAGenerationThatNeverWas() {
    InMemoryBatchBus bus = new InMemoryBatchBus(1, 1_000, () -> clock++);
    bus.loseAll();
    BusPosition first = bus.verify(QUEUE, BusPosition.START);

    bus.loseAll();
    BusPosition second = bus.verify(QUEUE, BusPosition.START);

    assertThat(second.generation()).isGreaterThan(first.generation());
  }

  @Test
  void loseTail_isNoticedEvenWhenSequencesAreUsedAgain() {
    InMemoryBatchBus bus = new InMemoryBatchBus(1, 1_000, () -> clock++);
    BusPosition committed = Stages.await(bus.publish(QUEUE, "a", new byte[1]));

    bus.loseTail(QUEUE, 1);
    BusPosition reused = Stages.await(bus.publish(QUEUE, "b", new byte[1]));

    assertThat(reused.sequence()).isEqualTo(committed.sequence());
    assertThat(bus.verify(QUEUE, committed)).isEqualTo(new BusPosition(2, 0, 0));
  }

  @Test
  void publish_whileNotAvailable_fails() {
    InMemoryBatchBus bus = new InMemoryBatchBus(1, 1_000, () -> clock);
    bus.setAvailable(false);

    assertThatThrownBy(() -> Stages.await(bus.publish(QUEUE, "a", new byte[1])))
        .isInstanceOf(PortUnavailableException.class);

    bus.setAvailable(true);
    assertThat(bus.read(QUEUE, BusPosition.START, 10, 1_000)).isEmpty();
  }

  @Test
  void publish_whileTheClockGoesBack_neverStampsBackwards() {
    InMemoryBatchBus bus = new InMemoryBatchBus(1, 1_000, () -> clock);
    Stages.await(bus.publish(QUEUE, "a", new byte[1]));

    clock = 5;

    assertThat(Stages.await(bus.publish(QUEUE, "b", new byte[1])).stampMillis()).isEqualTo(1_000);
  }
}
