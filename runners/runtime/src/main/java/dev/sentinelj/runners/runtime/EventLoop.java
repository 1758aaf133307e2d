package dev.sentinelj.runners.runtime;

import dev.sentinelj.core.time.Now;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that owns event-driven classes: it runs what is handed to it, and polls them after
 * every such task and at least once per period.
 */
public final class EventLoop implements Executor, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EventLoop.class);
  private static final Duration END = Duration.ofSeconds(10);

  private final ScheduledThreadPoolExecutor thread;
  private final Supplier<Now> clock;
  private final AtomicBoolean pollAsked = new AtomicBoolean();
  private volatile Consumer<Now> poll = _ -> {};

  public EventLoop(String name, Supplier<Now> clock) {
    this.clock = clock;
    this.thread =
        new ScheduledThreadPoolExecutor(
            1, task -> Thread.ofPlatform().name(name).daemon(true).unstarted(task));
    thread.setRemoveOnCancelPolicy(true);
    thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /** Begins to call {@code poll}, at least once per {@code period}. */
  public void start(Consumer<Now> whatToPoll, Duration period) {
    this.poll = whatToPoll;
    var _ =
        thread.scheduleAtFixedRate(
            guarded(this::pollNow), 0, period.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Runs {@code task} on the thread, then polls. After the end it does nothing. */
  @Override
  public void execute(Runnable task) {
    try {
      thread.execute(guarded(task));
      wake();
    } catch (RejectedExecutionException e) {
      LOG.debug("a task came after the end", e);
    }
  }

  /** Polls soon; many calls before that make one poll. */
  public void wake() {
    if (pollAsked.compareAndSet(false, true)) {
      try {
        thread.execute(guarded(this::pollNow));
      } catch (RejectedExecutionException e) {
        LOG.debug("a wake-up came after the end", e);
      }
    }
  }

  /** Finishes what was handed over, then ends the thread. */
  @Override
  public void close() {
    thread.shutdown();
    try {
      if (!thread.awaitTermination(END.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("a loop did not end within {} s", END.toSeconds());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void pollNow() {
    pollAsked.set(false);
    poll.accept(clock.get());
  }

  /**
   * One failing event must not end the thread that all others wait for: after an error, too, its
   * periodic poll would never come again, and nobody would notice.
   */
  private static Runnable guarded(Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (RuntimeException | Error e) {
        LOG.error("an event failed", e);
      }
    };
  }
}
