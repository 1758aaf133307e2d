package dev.sentinelj.adapters.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.frame.FrameAddress;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.BatchBus.Message;
import dev.sentinelj.ports.driven.BusPosition;
import dev.sentinelj.testkit.Stages;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The directory of a bus deleted, replaced by an older copy, or cut: running and stopped. */
class FileBusReplacedTest {
  private static final FrameAddress QUEUE = new FrameAddress(0, Lane.FRESH);
  private static final FrameAddress QUIET = new FrameAddress(3, Lane.BACKLOG);
  private static final BusConfig SMALL = new BusConfig(4, 64 << 10, 64 << 20, 0);

  @TempDir private Path temp;

  private final List<FileBatchBus> opened = new ArrayList<>();
  private final AtomicLong clock = new AtomicLong(1_000);

  @AfterEach
  void closeAll() {
    opened.forEach(FileBatchBus::close);
  }

  @Test
  void publish_afterTheDirectoryWasDeleted_goesIntoANewGeneration() throws IOException {
    FileBatchBus bus = open();
    BusPosition lost = publish(bus, QUEUE, "lost");

    delete(directory());
    BusPosition next = publish(bus, QUEUE, "next");

    assertThat(next.generation()).isEqualTo(lost.generation() + 1);
    assertThat(next.sequence()).isEqualTo(1);
    assertThat(bus.verify(QUEUE, lost)).isEqualTo(new BusPosition(next.generation(), 0, 0));
    assertThat(texts(bus, QUEUE, lost)).containsExactly("next");
    bus.close();
    assertThat(texts(open(), QUEUE, next)).isEmpty();
  }

  @Test
  void verify_afterTheDirectoryWasDeleted_raisesEveryQueue() throws IOException {
    FileBatchBus bus = open();
    BusPosition lost = publish(bus, QUEUE, "lost");

    delete(directory());

    BusPosition raised = new BusPosition(lost.generation() + 1, 0, 0);
    assertThat(bus.verify(QUEUE, lost)).isEqualTo(raised);
    // acknowledged and never read: who holds a receipt must see the lane move, too
    assertThat(bus.verify(QUIET, BusPosition.START)).isEqualTo(raised);
    assertThat(bus.verify(QUEUE, raised)).isEqualTo(raised);
  }

  @Test
  void read_afterTheDirectoryWasDeleted_failsUntilSomebodyLooks() throws IOException {
    FileBatchBus bus = open();
    BusPosition lost = publish(bus, QUEUE, "lost");

    delete(directory());

    assertThatThrownBy(() -> texts(bus, QUEUE, BusPosition.START))
        .isInstanceOf(PortUnavailableException.class);
    assertThat(texts(bus, QUEUE, bus.verify(QUEUE, lost))).isEmpty();
  }

  @Test
  void publish_afterTheDirectoryWasDeletedTwice_risesTwice() throws IOException {
    FileBatchBus bus = open();
    long first = publish(bus, QUEUE, "a").generation();

    delete(directory());
    bus.verify(QUEUE, BusPosition.START);
    delete(directory());

    assertThat(publish(bus, QUEUE, "b").generation()).isEqualTo(first + 2);
  }

  @Test
  void publish_whileTheDirectoryCannotBeMade_failsAndGoesOnLater() throws IOException {
    FileBatchBus bus = open();
    BusPosition lost = publish(bus, QUEUE, "lost");
    delete(directory());
    Files.writeString(directory(), "a file is in the way");

    assertThatThrownBy(() -> publish(bus, QUEUE, "not yet"))
        .isInstanceOf(PortUnavailableException.class);
    assertThatThrownBy(() -> bus.verify(QUEUE, lost)).isInstanceOf(PortUnavailableException.class);

    Files.delete(directory());
    assertThat(publish(bus, QUEUE, "later").generation()).isGreaterThan(lost.generation());
  }

  @Test
  void publish_afterAnOlderCopyWasPutInPlace_goesIntoTheCopyUnderANewGeneration()
      throws IOException {
    FileBatchBus bus = open();
    BusPosition kept = publish(bus, QUEUE, "kept");
    copy(directory(), temp.resolve("copy"));
    BusPosition lost = publish(bus, QUEUE, "lost");

    Files.move(directory(), temp.resolve("away"));
    Files.move(temp.resolve("copy"), directory());
    BusPosition next = publish(bus, QUEUE, "next");

    assertThat(next).isEqualTo(new BusPosition(lost.generation() + 1, 2, next.stampMillis()));
    assertThat(texts(bus, QUEUE, lost)).containsExactly("kept", "next");
    assertThat(bus.verify(QUEUE, kept)).isEqualTo(new BusPosition(next.generation(), 0, 0));
    bus.close();
    assertThat(texts(open(), QUEUE, lost)).containsExactly("kept", "next");
  }

  @Test
  void close_afterAnOlderCopyWasPutInPlace_leavesTheCopyAlone() throws IOException {
    FileBatchBus bus = open();
    publish(bus, QUEUE, "first");
    publish(bus, QUEUE, "second");
    copy(directory(), temp.resolve("copy"));
    Files.move(directory(), temp.resolve("away"));
    Files.move(temp.resolve("copy"), directory());

    bus.close();

    assertThat(texts(open(), QUEUE, BusPosition.START)).containsExactly("first", "second");
  }

  @Test
  void verify_afterTheSegmentWasCutUnderneath_keepsWhatIsLeft() throws IOException {
    FileBatchBus bus = open();
    publish(bus, QUEUE, "kept");
    BusPosition lost = publish(bus, QUEUE, "lost");

    Path segment = segments().getFirst();
    truncate(segment, offsetOf(segment, "lost"));

    assertThat(bus.verify(QUEUE, lost)).isEqualTo(new BusPosition(lost.generation() + 1, 0, 0));
    assertThat(texts(bus, QUEUE, lost)).containsExactly("kept");
  }

  @Test
  void publish_afterTheSegmentWasCutUnderneath_goesIntoANewGeneration() throws IOException {
    FileBatchBus bus = open();
    publish(bus, QUEUE, "kept");
    BusPosition lost = publish(bus, QUEUE, "lost");

    Path segment = segments().getFirst();
    truncate(segment, offsetOf(segment, "lost"));
    BusPosition next = publish(bus, QUEUE, "next");

    assertThat(next.generation()).isEqualTo(lost.generation() + 1);
    assertThat(texts(bus, QUEUE, lost)).containsExactly("kept", "next");
  }

  @Test
  void verify_afterTheTailWasZeroedUnderneath_raisesTheGeneration() throws IOException {
    FileBatchBus bus = open();
    BusPosition kept = publish(bus, QUEUE, "kept");
    publish(bus, QUEUE, "lost");

    Path segment = segments().getFirst();
    int from = offsetOf(segment, "lost");
    write(segment, from, new byte[(int) Files.size(segment) - from]);

    // what was committed is there: only what was acknowledged behind it is not
    assertThat(bus.verify(QUEUE, kept)).isEqualTo(new BusPosition(kept.generation() + 1, 0, 0));
    assertThat(texts(bus, QUEUE, kept)).containsExactly("kept");
    assertThat(publish(bus, QUEUE, "next").sequence()).isEqualTo(2);
  }

  @Test
  void verify_afterASealedSegmentWasTaken_raisesTheGeneration() throws IOException {
    FileBatchBus bus = open();
    BusPosition last = BusPosition.START;
    for (int i = 0; i < 40; i++) {
      last = Stages.await(bus.publish(QUEUE, "m" + i, new byte[5_000]));
    }
    assertThat(segments()).hasSizeGreaterThan(2);

    Files.delete(segments().getFirst());

    assertThat(bus.verify(QUEUE, last)).isEqualTo(new BusPosition(last.generation() + 1, 0, 0));
  }

  @Test
  void verify_afterTheIdentityWasTaken_raisesTheGenerationAndKeepsTheMessages() throws IOException {
    FileBatchBus bus = open();
    BusPosition at = publish(bus, QUEUE, "kept");

    Files.delete(directory().resolve(BusIdentity.FILE));

    assertThat(bus.verify(QUEUE, at).generation()).isGreaterThan(at.generation());
    assertThat(texts(bus, QUEUE, BusPosition.START)).containsExactly("kept");
  }

  @Test
  void reopen_afterTheIdentityWasTaken_raisesTheGenerationAndKeepsTheMessages() throws IOException {
    FileBatchBus bus = open();
    BusPosition at = publish(bus, QUEUE, "kept");
    bus.close();
    Files.delete(directory().resolve(BusIdentity.FILE));

    FileBatchBus next = open();

    assertThat(next.verify(QUEUE, at).generation()).isGreaterThan(at.generation());
    assertThat(texts(next, QUEUE, BusPosition.START)).containsExactly("kept");
  }

  @Test
  void reopen_afterTheTailWasCut_raisesTheQueuesThatLostSomething() throws IOException {
    FileBatchBus bus = open();
    BusPosition quiet = publish(bus, QUIET, "quiet");
    BusPosition kept = publish(bus, QUEUE, "kept");
    publish(bus, QUEUE, "lost");
    bus.close();
    Path segment = segments().getFirst();
    truncate(segment, offsetOf(segment, "lost"));

    FileBatchBus next = open();

    assertThat(next.verify(QUEUE, kept)).isEqualTo(new BusPosition(kept.generation() + 1, 0, 0));
    assertThat(next.verify(QUIET, quiet)).isEqualTo(quiet);
  }

  @Test
  void reopen_ofAnOlderCopy_endsAboveItsGenerationAndTheOneThatWasRead() throws IOException {
    FileBatchBus bus = open();
    publish(bus, QUEUE, "a");
    copy(directory(), temp.resolve("copy"));
    delete(directory());
    bus.verify(QUEUE, BusPosition.START);
    delete(directory());
    BusPosition committed = publish(bus, QUEUE, "b");
    bus.close();
    delete(directory());
    Files.move(temp.resolve("copy"), directory());

    FileBatchBus next = open();
    BusPosition raised = next.verify(QUEUE, committed);

    assertThat(raised).isEqualTo(new BusPosition(committed.generation() + 1, 0, 0));
    assertThat(texts(next, QUEUE, raised)).containsExactly("a");
  }

  @Test
  void reopen_ofAnOlderCopyThatUsesSequencesAgain_isToldByTheStamp() throws IOException {
    FileBatchBus bus = open();
    publish(bus, QUEUE, "a");
    bus.close();
    copy(directory(), temp.resolve("copy"));
    bus = open();
    BusPosition committed = publish(bus, QUEUE, "b");
    bus.close();
    delete(directory());
    Files.move(temp.resolve("copy"), directory());

    FileBatchBus next = open();
    BusPosition other = publish(next, QUEUE, "another b");

    assertThat(other.sequence()).isEqualTo(committed.sequence());
    assertThat(next.verify(QUEUE, committed).generation()).isGreaterThan(committed.generation());
  }

  @Test
  void publish_ofManyThreadsWhileTheDirectoryIsReplaced_neverPromisesWhatIsLost() throws Exception {
    FileBatchBus bus = open();
    Map<BusPosition, String> promised = new ConcurrentHashMap<>();
    List<Throwable> faults = new CopyOnWriteArrayList<>();
    AtomicBoolean over = new AtomicBoolean();
    List<Thread> publishers = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      int thread = t;
      publishers.add(
          Thread.ofPlatform()
              .start(() -> {
                for (int i = 0; !over.get(); i++) {
                  String text = "t" + thread + "m" + i;
                  try {
                    promised.put(publish(bus, QUEUE, text), text);
                  } catch (PortUnavailableException e) {
                    // refused: promised nothing
                  } catch (RuntimeException | Error e) {
                    faults.add(e);
                  }
                }
              }));
    }

    for (int round = 0; round < 6; round++) {
      long before = promised.size();
      while (promised.size() < before + 50 && faults.isEmpty()) {
        Thread.onSpinWait();
      }
      replace(round);
    }
    over.set(true);
    for (Thread publisher : publishers) {
      publisher.join();
    }
    long present = bus.verify(QUEUE, BusPosition.START).generation();

    assertThat(faults).isEmpty();
    assertThat(present).isGreaterThanOrEqualTo(7);
    Map<BusPosition, String> held = new ConcurrentHashMap<>();
    for (Message message : bus.read(QUEUE, BusPosition.START, 1_000_000, 1L << 30)) {
      held.put(message.position(), new String(message.bytes(), StandardCharsets.UTF_8));
    }
    promised.forEach((position, text) -> {
      if (position.generation() == present) {
        assertThat(held.get(position)).isEqualTo(text);
      }
    });
  }

  private void replace(int round) throws IOException {
    Path aside = temp.resolve("aside" + round);
    if (round % 2 == 0) {
      Files.move(directory(), aside);
    } else {
      truncate(segments().getLast(), 200);
    }
  }

  private FileBatchBus open() {
    FileBatchBus bus = FileBatchBus.open(directory(), SMALL, clock::incrementAndGet);
    opened.add(bus);
    return bus;
  }

  private Path directory() {
    return temp.resolve("bus");
  }

  private static BusPosition publish(FileBatchBus bus, FrameAddress queue, String text) {
    return Stages.await(bus.publish(queue, text, text.getBytes(StandardCharsets.UTF_8)));
  }

  private static List<String> texts(FileBatchBus bus, FrameAddress queue, BusPosition after) {
    return bus.read(queue, after, 1_000, 1 << 20).stream()
        .map(message -> new String(message.bytes(), StandardCharsets.UTF_8))
        .toList();
  }

  private List<Path> segments() throws IOException {
    try (Stream<Path> files = Files.list(directory())) {
      return files.filter(file -> file.toString().endsWith(".seg")).sorted().toList();
    }
  }

  /** Where the record of {@code text} begins or a little later, so that a cut there hurts it. */
  private static int offsetOf(Path segment, String text) throws IOException {
    return Files.readString(segment, StandardCharsets.ISO_8859_1).indexOf(text);
  }

  private static void truncate(Path file, long size) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(size);
    }
  }

  private static void write(Path file, long offset, byte[] bytes) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(bytes), offset);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectory(to);
    try (Stream<Path> files = Files.list(from)) {
      files.forEach(file -> {
        try {
          Files.copy(file, to.resolve(file.getFileName()));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      });
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
