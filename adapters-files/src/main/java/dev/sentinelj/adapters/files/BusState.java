package dev.sentinelj.adapters.files;

import dev.sentinelj.core.failpoint.Failpoint;
import dev.sentinelj.core.frame.FrameAddress;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.BatchBus;
import dev.sentinelj.ports.driven.BusPosition;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What a bus knows of itself: the directory it has, who it is and where its messages stand. Shared
 * by those who publish and read and by the one who writes; thread safe.
 */
final class BusState {
  private final Path path;
  private final BusConfig config;

  // All that follows is guarded by this.
  private DirectoryLock directory;
  private BusIdentity identity;
  private BusIndex index;
  private long unreadable;
  private boolean closed;

  BusState(Path path, BusConfig config, BusGround ground) {
    this.path = path;
    this.config = config;
    this.directory = ground.lock();
    this.identity = ground.identity();
    this.index = ground.found().index();
    this.unreadable = ground.found().damaged();
  }

  /** What comes of {@code action}, which runs before a close; empty, and not run, after it. */
  synchronized <T> Optional<T> whileOpen(Supplier<T> action) {
    return closed ? Optional.empty() : Optional.of(action.get());
  }

  /**
   * From now on nothing is taken any more.
   *
   * @return whether something was until now
   */
  synchronized boolean close() {
    boolean wasOpen = !closed;
    closed = true;
    return wasOpen;
  }

  synchronized void giveDirectoryBack() {
    directory.close();
  }

  /** Runs {@code question} on the index while nobody else sees it. */
  synchronized <T> T withIndex(Function<BusIndex, T> question) {
    return question.apply(index);
  }

  /** Changes the index while nobody else sees it. */
  synchronized void updateIndex(Consumer<BusIndex> change) {
    change.accept(index);
  }

  /** Messages of a queue that stand on disk, all of one generation. */
  record Standing(long generation, List<BusIndex.Entry> entries) {}

  /**
   * What lies behind {@code after}, within the limits of a read; all there is when that is of
   * another generation.
   */
  synchronized Standing behind(
      FrameAddress address, BusPosition after, int maxCount, long maxBytes) {
    long generation = identity.generation(address);
    long behind = after.generation() == generation ? after.sequence() : 0;
    return new Standing(generation, index.after(address, behind, maxCount, maxBytes));
  }

  /** Whether {@code entry} is where it was, and not forgotten or moved. */
  synchronized boolean stands(BusIndex.Entry entry) {
    return index.entry(entry.address(), entry.sequence()).filter(entry::equals).isPresent();
  }

  synchronized BusPosition position(FrameAddress address, long sequence, long stampMillis) {
    return new BusPosition(identity.generation(address), sequence, stampMillis);
  }

  synchronized BatchBus.Fill fill() {
    return new BatchBus.Fill(index.bytes(), config.maxBytes());
  }

  synchronized void countUnreadable() {
    unreadable++;
  }

  synchronized long unreadable() {
    return unreadable;
  }

  /**
   * Says whether {@code committed} is a position in the queue as it is; else where to start over,
   * in a generation above it.
   */
  synchronized BusPosition verify(FrameAddress address, BusPosition committed) {
    long present = identity.generation(address);
    if (isHere(address, committed) || (committed.generation() == 0 && !identity.raised(address))) {
      return committed;
    }
    long generation = Math.max(present, committed.generation() + 1);
    if (generation != present) {
      raise(address, generation);
    }
    return new BusPosition(generation, 0, 0);
  }

  private void raise(FrameAddress address, long generation) {
    try {
      identity.raise(address, generation);
    } catch (IOException e) {
      throw new PortUnavailableException("raising the generation of a queue", e);
    }
    index.forgetIds(address);
  }

  /**
   * A position whose message was dropped is believed: the queue is still the one it was read from.
   */
  private boolean isHere(FrameAddress address, BusPosition committed) {
    if (committed.generation() != identity.generation(address)
        || committed.sequence() > index.last(address)) {
      return false;
    }
    return index
        .entry(address, committed.sequence())
        .map(entry -> entry.stampMillis() == committed.stampMillis())
        .orElse(true);
  }

  /**
   * Drops what lies before {@code position}, unless that is of another generation.
   *
   * @return whether a segment can be freed
   */
  synchronized boolean forget(FrameAddress address, BusPosition position) {
    if (position.generation() != identity.generation(address)) {
      return false;
    }
    Failpoint.BUS_FORGET_BEFORE.hit();
    index.forget(address, position.sequence());
    return index.freeable().isPresent();
  }

  synchronized long creation() {
    return identity.creation();
  }

  /** Whether the identity on the disk is the one we know. */
  synchronized boolean identityIsStillThere() throws IOException {
    return identity.isStillThere();
  }

  /** From now on there must be a segment. Durable on return. */
  synchronized void noteOpened() throws IOException {
    identity.opened();
  }

  /** All that was acknowledged is in order behind us: the next to open it may hold us to that. */
  synchronized void noteClosed() throws IOException {
    Map<FrameAddress, BusIdentity.End> ends = new HashMap<>();
    for (FrameAddress queue : identity.queues()) {
      if (index.last(queue) > 0) {
        ends.put(queue, new BusIdentity.End(index.last(queue), index.lastStamp(queue)));
      }
    }
    identity.closed(ends);
  }

  /**
   * Takes what stands at our path now, under generations above all that were given out.
   *
   * @throws PortUnavailableException when it cannot be had now
   */
  synchronized BusGround retake() {
    directory.close();
    BusGround ground = BusGround.retake(path, config, identity);
    directory = ground.lock();
    identity = ground.identity();
    index = ground.found().index();
    unreadable += ground.found().damaged();
    return ground;
  }
}
