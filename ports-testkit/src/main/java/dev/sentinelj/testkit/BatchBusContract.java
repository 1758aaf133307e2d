package dev.sentinelj.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.frame.FrameAddress;
import dev.sentinelj.ports.driven.BatchBus;
import dev.sentinelj.ports.driven.BatchBus.BusFullException;
import dev.sentinelj.ports.driven.BatchBus.Message;
import dev.sentinelj.ports.driven.BusPosition;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What every {@link BatchBus} must do. */
public abstract class BatchBusContract {
  private static final FrameAddress QUEUE = new FrameAddress(1, Lane.FRESH);
  private static final long PLENTY = 64L << 20;

  /** A new, empty bus of 4 partitions that takes about {@code maxBytes} of messages. */
  protected abstract BatchBus create(long maxBytes);

  /** An empty bus in the place of {@code lost}, as after the loss of its disk. */
  protected abstract BatchBus recreated(BatchBus lost);

  @Test
  void publish_givesPositionsInOrderFromOne() {
    BatchBus bus = create(PLENTY);

    BusPosition first = put(bus, QUEUE, "a");
    BusPosition second = put(bus, QUEUE, "b");

    assertThat(bus.partitions()).isEqualTo(4);
    assertThat(first.generation()).isGreaterThanOrEqualTo(1);
    assertThat(first.sequence()).isEqualTo(1);
    assertThat(second.sequence()).isEqualTo(2);
    assertThat(second.stampMillis()).isGreaterThanOrEqualTo(first.stampMillis());
  }

  @Test
  void publish_toOneQueue_leavesTheOthersAlone() {
    BatchBus bus = create(PLENTY);

    put(bus, QUEUE, "a");
    BusPosition other = put(bus, new FrameAddress(1, Lane.BACKLOG), "b");
    put(bus, new FrameAddress(3, Lane.FRESH), "c");

    assertThat(other.sequence()).isEqualTo(1);
    assertThat(texts(bus, new FrameAddress(1, Lane.BACKLOG), BusPosition.START))
        .containsExactly("b");
    assertThat(texts(bus, new FrameAddress(2, Lane.FRESH), BusPosition.START)).isEmpty();
  }

  @Test
  void publish_withoutWaiting_keepsTheOrderOfTheCalls() {
    BatchBus bus = create(PLENTY);
    List<CompletionStage<BusPosition>> stages = new ArrayList<>();

    for (int i = 0; i < 200; i++) {
      stages.add(bus.publish(QUEUE, "id-" + i, bytes("m" + i)));
    }

    for (int i = 0; i < 200; i++) {
      assertThat(Stages.await(stages.get(i)).sequence()).isEqualTo(i + 1);
    }
    assertThat(texts(bus, QUEUE, BusPosition.START)).hasSize(200).startsWith("m0", "m1", "m2");
  }

  @Test
  void publish_theSameIdAgain_isAnsweredWithTheFirstPosition() {
    BatchBus bus = create(PLENTY);
    BusPosition first = Stages.await(bus.publish(QUEUE, "same", bytes("a")));
    put(bus, QUEUE, "b");

    BusPosition again = Stages.await(bus.publish(QUEUE, "same", bytes("a")));

    assertThat(again).isEqualTo(first);
    assertThat(texts(bus, QUEUE, BusPosition.START)).containsExactly("a", "b");
  }

  @Test
  void publish_toAPartitionThatDoesNotExist_isRefused() {
    BatchBus bus = create(PLENTY);

    assertThatThrownBy(
            () -> Stages.await(bus.publish(new FrameAddress(4, Lane.FRESH), "x", bytes("x"))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void read_givesWhatWasPublishedWithItsPosition() {
    BatchBus bus = create(PLENTY);
    BusPosition first = put(bus, QUEUE, "a");
    BusPosition second = put(bus, QUEUE, "b");

    List<Message> messages = bus.read(QUEUE, BusPosition.START, 10, PLENTY);

    assertThat(messages).extracting(Message::position).containsExactly(first, second);
    assertThat(texts(bus, QUEUE, first)).containsExactly("b");
    assertThat(texts(bus, QUEUE, second)).isEmpty();
  }

  @Test
  void read_isBoundedByCountAndBeyondTheFirstByBytes() {
    BatchBus bus = create(PLENTY);
    for (int i = 0; i < 5; i++) {
      Stages.await(bus.publish(QUEUE, "id-" + i, new byte[100]));
    }

    assertThat(bus.read(QUEUE, BusPosition.START, 2, PLENTY)).hasSize(2);
    assertThat(bus.read(QUEUE, BusPosition.START, 10, 250)).hasSize(2);
    assertThat(bus.read(QUEUE, BusPosition.START, 10, 1)).hasSize(1);
  }

  @Test
  void read_fromAnotherGeneration_startsWithTheFirstMessage() {
    BatchBus bus = create(PLENTY);
    BusPosition first = put(bus, QUEUE, "a");
    put(bus, QUEUE, "b");

    BusPosition other = new BusPosition(first.generation() + 1, 2, first.stampMillis());

    assertThat(texts(bus, QUEUE, other)).containsExactly("a", "b");
  }

  @Test
  void verify_ofAMessageThatIsThere_isTheSamePosition() {
    BatchBus bus = create(PLENTY);
    BusPosition first = put(bus, QUEUE, "a");
    BusPosition second = put(bus, QUEUE, "b");

    assertThat(bus.verify(QUEUE, first)).isEqualTo(first);
    assertThat(bus.verify(QUEUE, second)).isEqualTo(second);
    assertThat(bus.verify(QUEUE, BusPosition.START)).isEqualTo(BusPosition.START);
  }

  @Test
  void verify_ofAPositionTheQueueForgot_isTheSamePosition() {
    BatchBus bus = create(PLENTY);
    BusPosition first = put(bus, QUEUE, "a");
    bus.forget(QUEUE, put(bus, QUEUE, "b"));

    assertThat(bus.verify(QUEUE, first)).isEqualTo(first);
  }

  @Test
  void verify_afterTheMessageIsLost_raisesTheGenerationOnce() {
    BatchBus bus = create(PLENTY);
    put(bus, QUEUE, "a");
    BusPosition committed = put(bus, QUEUE, "b");

    BatchBus next = recreated(bus);
    BusPosition raised = next.verify(QUEUE, committed);
    BusPosition after = put(next, QUEUE, "c");

    assertThat(raised.generation()).isGreaterThan(committed.generation());
    assertThat(raised.sequence()).isZero();
    assertThat(next.verify(QUEUE, raised)).isEqualTo(raised);
    assertThat(after).isGreaterThan(raised);
    assertThat(after.generation()).isEqualTo(raised.generation());
    assertThat(texts(next, QUEUE, raised)).containsExactly("c");
  }

  @Test
  void verify_ofAStampThatDiffers_raisesTheGeneration() {
    BatchBus bus = create(PLENTY);
    BusPosition at = put(bus, QUEUE, "a");

    BusPosition raised =
        bus.verify(QUEUE, new BusPosition(at.generation(), 1, at.stampMillis() - 5));

    assertThat(raised).isEqualTo(new BusPosition(at.generation() + 1, 0, 0));
    assertThat(bus.read(QUEUE, raised, 10, PLENTY).getFirst().position())
        .isEqualTo(new BusPosition(at.generation() + 1, 1, at.stampMillis()));
  }

  @Test
  void forget_keepsTheMessageAtThePosition() {
    BatchBus bus = create(PLENTY);
    put(bus, QUEUE, "a");
    BusPosition second = put(bus, QUEUE, "b");
    put(bus, QUEUE, "c");

    bus.forget(QUEUE, second);

    assertThat(texts(bus, QUEUE, second)).containsExactly("c");
    assertThat(texts(bus, QUEUE, BusPosition.START)).endsWith("b", "c");
  }

  @Test
  void publish_intoAFullBus_failsUntilSomethingIsForgotten() {
    BatchBus bus = create(1 << 20);
    BusPosition last = fillUp(bus);
    assertThat(bus.fill().ratio()).isGreaterThan(0.3);

    bus.forget(QUEUE, last);

    BusPosition next = Stages.await(bus.publish(QUEUE, "next", new byte[1000]));
    assertThat(next.sequence()).isEqualTo(last.sequence() + 1);
    assertThat(bus.verify(QUEUE, last)).isEqualTo(last);
  }

  @Test
  void publish_whereTheMessagesAtPositionsWouldFillTheBus_isTaken() {
    BatchBus bus = create(1 << 20);
    Map<FrameAddress, BusPosition> forgotten = new HashMap<>();
    for (int round = 0; round < 5; round++) {
      for (int partition = 0; partition < bus.partitions(); partition++) {
        for (Lane lane : Lane.values()) {
          FrameAddress queue = new FrameAddress(partition, lane);
          BusPosition at = Stages.await(bus.publish(queue, queue + "-" + round, new byte[200_000]));
          bus.forget(queue, at);
          forgotten.put(queue, at);
        }
      }
    }

    assertThat(bus.fill().ratio()).isLessThan(0.3);
    forgotten.forEach((queue, at) -> {
      assertThat(bus.verify(queue, at)).isEqualTo(at);
      assertThat(bus.read(queue, BusPosition.START, 10, PLENTY)).hasSize(1);
    });
  }

  @Test
  void onArrival_runsAfterAMessageCanBeRead() throws InterruptedException {
    BatchBus bus = create(PLENTY);
    CountDownLatch heard = new CountDownLatch(1);
    bus.onArrival(() -> {
      if (!bus.read(QUEUE, BusPosition.START, 1, PLENTY).isEmpty()) {
        heard.countDown();
      }
    });

    put(bus, QUEUE, "a");

    assertThat(heard.await(30, TimeUnit.SECONDS)).isTrue();
  }

  private static BusPosition fillUp(BatchBus bus) {
    BusPosition last = BusPosition.START;
    for (int i = 0; i < 5_000; i++) {
      try {
        last = Stages.await(bus.publish(QUEUE, "fill-" + i, new byte[4_000]));
      } catch (BusFullException e) {
        return last;
      }
    }
    throw new AssertionError("a bus of 1 MiB took 20 MB");
  }

  private static BusPosition put(BatchBus bus, FrameAddress address, String text) {
    return Stages.await(bus.publish(address, address + text, bytes(text)));
  }

  private static List<String> texts(BatchBus bus, FrameAddress address, BusPosition after) {
    return bus.read(address, after, 1_000, PLENTY).stream()
        .map(message -> new String(message.bytes(), StandardCharsets.UTF_8))
        .toList();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
