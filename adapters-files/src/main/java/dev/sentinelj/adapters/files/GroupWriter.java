package dev.sentinelj.adapters.files;

import dev.sentinelj.ports.PortUnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * The one thread that touches a log's files for writing. It takes everything that waits at once, so
 * that one sync serves all of it. Nobody else has the thread, so nobody interrupts it; what
 * callers' callbacks do to it is cleared before the next write.
 *
 * @param <T> what is written
 */
final class GroupWriter<T> implements AutoCloseable {
  /** More than this many at once would make the first wait too long. */
  private static final int MAX_GROUP = 4_096;

  private sealed interface Item<T> {
    record Write<T>(T value) implements Item<T> {}

    record Run<T>(Runnable task) implements Item<T> {}

    record End<T>() implements Item<T> {}
  }

  private final LinkedBlockingQueue<Item<T>> queue = new LinkedBlockingQueue<>();
  private final Consumer<List<T>> commit;
  private final BiConsumer<List<T>, Throwable> failed;
  private final Thread thread;

  /**
   * @param commit writes, syncs and completes a group
   * @param failed completes those of a group that {@code commit} threw over, with that; also told,
   *     without a group, when a task threw. The thread goes on, so that nobody waits for ever
   */
  GroupWriter(String name, Consumer<List<T>> commit, BiConsumer<List<T>, Throwable> failed) {
    this.commit = commit;
    this.failed = failed;
    this.thread = Thread.ofPlatform().name(name).daemon(true).unstarted(this::loop);
  }

  void start() {
    thread.start();
  }

  void write(T value) {
    queue.add(new Item.Write<>(value));
  }

  /** Runs {@code task} between two groups. */
  void run(Runnable task) {
    queue.add(new Item.Run<>(task));
  }

  /**
   * Runs {@code task} between two groups, or at once on the writer's own thread. What comes back
   * says why it could not be done. Never completes when {@link #close} was called before.
   */
  CompletableFuture<Optional<PortUnavailableException>> runSoon(Runnable task) {
    CompletableFuture<Optional<PortUnavailableException>> done = new CompletableFuture<>();
    Runnable telling =
        () -> {
          try {
            task.run();
            done.complete(Optional.empty());
          } catch (PortUnavailableException e) {
            done.complete(Optional.of(e));
          } catch (RuntimeException | Error e) {
            done.complete(Optional.of(new PortUnavailableException("working on the files", e)));
            throw e;
          }
        };
    if (isCurrentThread()) {
      guarded(List.of(), telling);
    } else {
      run(telling);
    }
    return done;
  }

  boolean isCurrentThread() {
    return Thread.currentThread() == thread;
  }

  /** Writes what waits and ends the thread. Later writes are never taken up. */
  @Override
  public void close() {
    queue.add(new Item.End<>());
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void loop() {
    List<Item<T>> taken = new ArrayList<>(MAX_GROUP);
    List<T> group = new ArrayList<>(MAX_GROUP);
    boolean running = true;
    while (running) {
      taken.clear();
      taken.add(next());
      queue.drainTo(taken, MAX_GROUP - 1);
      for (Item<T> item : taken) {
        switch (item) {
          case Item.Write<T>(T value) -> group.add(value);
          case Item.Run<T>(Runnable task) -> {
            flush(group);
            guarded(List.of(), task);
          }
          case Item.End<T>() -> running = false;
        }
      }
      flush(group);
    }
  }

  private void flush(List<T> group) {
    if (Thread.interrupted()) {
      flush(group); // an interrupt would close the channel: it is cleared now
      return;
    }
    if (!group.isEmpty()) {
      guarded(group, () -> commit.accept(List.copyOf(group)));
      group.clear();
    }
  }

  /** Whatever happens, memory that runs out or a fault of ours, costs no more than its group. */
  private void guarded(List<T> group, Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      try {
        failed.accept(group, e);
      } catch (RuntimeException | Error again) {
        e.addSuppressed(again); // the next group may fare better
      }
    }
  }

  private Item<T> next() {
    while (true) {
      try {
        return queue.take();
      } catch (InterruptedException e) {
        // Only a callback on this thread can have done that, and it has no say here.
      }
    }
  }
}
