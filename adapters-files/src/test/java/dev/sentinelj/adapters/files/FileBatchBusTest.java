package dev.sentinelj.adapters.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.frame.FrameAddress;
import dev.sentinelj.ports.driven.BatchBus;
import dev.sentinelj.ports.driven.BusPosition;
import dev.sentinelj.testkit.BatchBusContract;
import dev.sentinelj.testkit.Stages;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileBatchBusTest extends BatchBusContract {
  private static final FrameAddress QUEUE = new FrameAddress(0, Lane.FRESH);
  private static final FrameAddress OTHER = new FrameAddress(3, Lane.BACKLOG);
  private static final BusConfig SMALL = new BusConfig(4, 64 << 10, 1 << 20, 0);

  @TempDir private Path temp;

  private final List<FileBatchBus> opened = new ArrayList<>();
  private final AtomicLong clock = new AtomicLong(1_000);

  @Override
  protected BatchBus create(long maxBytes) {
    return open("bus", new BusConfig(4, (int) maxBytes / 16, maxBytes, 0));
  }

  @Override
  protected BatchBus recreated(BatchBus lost) {
    ((FileBatchBus) lost).close();
    return open("new-disk", new BusConfig(4, 1 << 20, 64 << 20, 0));
  }

  private FileBatchBus open(String name, BusConfig config) {
    FileBatchBus bus = FileBatchBus.open(temp.resolve(name), config, clock::incrementAndGet);
    opened.add(bus);
    return bus;
  }

  @AfterEach
  void closeAll() {
    opened.forEach(FileBatchBus::close);
  }

  @Test
  void reopen_keepsMessagesPositionsAndIds() {
    FileBatchBus bus = open("bus", SMALL);
    BusPosition first = Stages.await(bus.publish(QUEUE, "a", new byte[] {1}));
    BusPosition second = Stages.await(bus.publish(QUEUE, "b", new byte[] {2}));
    bus.close();

    FileBatchBus next = open("bus", SMALL);

    assertThat(next.read(QUEUE, BusPosition.START, 10, 1_000))
        .extracting(BatchBus.Message::position)
        .containsExactly(first, second);
    assertThat(next.verify(QUEUE, second)).isEqualTo(second);
    assertThat(Stages.await(next.publish(QUEUE, "b", new byte[] {2}))).isEqualTo(second);
    assertThat(Stages.await(next.publish(QUEUE, "c", new byte[] {3})).sequence()).isEqualTo(3);
  }

  @Test
  void reopen_withAnotherNumberOfPartitions_isRefused() {
    open("bus", SMALL).close();

    assertThatThrownBy(() -> open("bus", new BusConfig(8, 64 << 10, 1 << 20, 0)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("made with 4 partitions");
  }

  @Test
  void reopen_afterARaise_keepsTheGeneration() {
    FileBatchBus bus = open("bus", SMALL);
    BusPosition at = Stages.await(bus.publish(QUEUE, "a", new byte[] {1}));
    BusPosition raised = bus.verify(QUEUE, new BusPosition(4, 9, 9));
    bus.close();

    FileBatchBus next = open("bus", SMALL);

    assertThat(raised).isEqualTo(new BusPosition(5, 0, 0));
    assertThat(next.verify(QUEUE, raised)).isEqualTo(raised);
    assertThat(next.verify(QUEUE, at)).isEqualTo(raised);
  }

  @Test
  void reopen_afterTheSegmentsWereTaken_raisesEveryGeneration() throws IOException {
    FileBatchBus bus = open("bus", SMALL);
    BusPosition at = Stages.await(bus.publish(QUEUE, "a", new byte[] {1}));
    bus.close();
    for (Path segment : segments()) {
      Files.delete(segment);
    }

    FileBatchBus next = open("bus", SMALL);
    BusPosition now = Stages.await(next.publish(QUEUE, "b", new byte[] {1}));

    assertThat(now.generation()).isEqualTo(at.generation() + 1);
    assertThat(next.verify(QUEUE, at)).isEqualTo(new BusPosition(now.generation(), 0, 0));
  }

  @Test
  void forget_inEveryQueue_deletesSegmentsAndKeepsTheMessagesAtThePositions() throws IOException {
    FileBatchBus bus = open("bus", SMALL);
    BusPosition idle = Stages.await(bus.publish(OTHER, "idle", new byte[] {7}));
    bus.forget(OTHER, idle);
    BusPosition last = BusPosition.START;
    for (int i = 0; i < 1_000; i++) {
      last = Stages.await(bus.publish(QUEUE, "m" + i, new byte[5_000]));
      bus.forget(QUEUE, last);
    }

    assertThat(segments()).hasSizeLessThan(5);
    assertThat(bus.verify(OTHER, idle)).isEqualTo(idle);
    bus.close();
    FileBatchBus next = open("bus", SMALL);
    assertThat(next.read(OTHER, BusPosition.START, 10, 1_000))
        .extracting(BatchBus.Message::position)
        .containsExactly(idle);
    assertThat(Stages.await(next.publish(OTHER, "more", new byte[1])).sequence()).isEqualTo(2);
    assertThat(next.verify(QUEUE, last)).isEqualTo(last);
    assertThat(Stages.await(next.publish(QUEUE, "more", new byte[1])).sequence()).isEqualTo(1_001);
  }

  @Test
  void forget_whereTheKeptMessagesNeedASegmentEach_comesToAnEnd() throws IOException {
    FileBatchBus bus = open("bus", SMALL);
    for (int i = 0; i < 5; i++) {
      bus.forget(OTHER, Stages.await(bus.publish(OTHER, "o" + i, new byte[40_000])));
      bus.forget(QUEUE, Stages.await(bus.publish(QUEUE, "q" + i, new byte[40_000])));
    }

    Stages.await(bus.publish(QUEUE, "next", new byte[1]));

    assertThat(segments()).hasSizeLessThan(5);
  }

  @Test
  void read_whereEverythingAskedForIsDamaged_goesOnBehindIt() throws IOException {
    FileBatchBus bus = open("bus", SMALL);
    byte[] damaged = "the message that rots".getBytes(StandardCharsets.US_ASCII);
    BusPosition first = Stages.await(bus.publish(QUEUE, "a", damaged));
    BusPosition second = Stages.await(bus.publish(QUEUE, "b", new byte[] {2}));
    Path segment = segments().getFirst();
    String text = Files.readString(segment, StandardCharsets.ISO_8859_1);
    try (FileChannel channel = FileChannel.open(segment, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[] {'T'}), text.indexOf("the message"));
    }

    assertThat(bus.read(QUEUE, BusPosition.START, 1, 1_000))
        .extracting(BatchBus.Message::position)
        .containsExactly(second);
    assertThat(bus.read(QUEUE, first, 1, 1_000)).hasSize(1);
  }

  @Test
  void forget_whereAKeptMessageIsDamaged_dropsItWithItsSegment() throws IOException {
    FileBatchBus bus = open("bus", SMALL);
    byte[] damaged = "the message that rots".getBytes(StandardCharsets.US_ASCII);
    BusPosition rotten = Stages.await(bus.publish(OTHER, "rots", damaged));
    Path segment = segments().getFirst();
    String text = Files.readString(segment, StandardCharsets.ISO_8859_1);
    try (FileChannel channel = FileChannel.open(segment, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[] {'T'}), text.indexOf("the message"));
    }
    bus.forget(OTHER, rotten);
    for (int i = 0; i < 40; i++) {
      bus.forget(QUEUE, Stages.await(bus.publish(QUEUE, "m" + i, new byte[5_000])));
    }
    Stages.await(bus.publish(QUEUE, "last", new byte[1])); // behind what was freed
    assertThat(segment).doesNotExist();

    BusPosition next = Stages.await(bus.publish(OTHER, "next", new byte[1]));

    assertThat(bus.read(OTHER, BusPosition.START, 10, 1_000))
        .extracting(BatchBus.Message::position)
        .containsExactly(next);
    assertThat(bus.verify(OTHER, next)).isEqualTo(next);
  }

  @Test
  void publish_whileTheClockGoesBack_neverStampsBackwards() {
    FileBatchBus bus = open("bus", SMALL);
    BusPosition first = Stages.await(bus.publish(QUEUE, "a", new byte[1]));

    clock.set(5);

    assertThat(Stages.await(bus.publish(OTHER, "b", new byte[1])).stampMillis())
        .isEqualTo(first.stampMillis());
    bus.close();
    assertThat(Stages.await(open("bus", SMALL).publish(OTHER, "c", new byte[1])).stampMillis())
        .isEqualTo(first.stampMillis() + 1); // no two messages of a queue share a stamp
  }

  @Test
  void publish_ofTheSameIdTwiceAtOnce_putsItOnce() {
    FileBatchBus bus = open("bus", SMALL);

    List<CompletionStage<BusPosition>> stages = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      stages.add(bus.publish(QUEUE, "same", new byte[1]));
    }

    assertThat(stages.stream().map(Stages::await).distinct()).hasSize(1);
    assertThat(bus.read(QUEUE, BusPosition.START, 10, 1_000)).hasSize(1);
  }

  private List<Path> segments() throws IOException {
    try (Stream<Path> files = Files.list(temp.resolve("bus"))) {
      return files.filter(file -> file.toString().endsWith(".seg")).toList();
    }
  }
}
